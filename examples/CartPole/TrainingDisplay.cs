using System.Globalization;
using Spectre.Console;
using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>The progress of training: in a terminal a bar with the metrics of the last iteration, otherwise a line per tenth.</summary>
internal sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int Lines = 10;

    // Leaves room for the rest in a window of 100 columns.
    private const int BarWidth = 16;

    private readonly ProgressTask? _bar;
    private double _meanReturn = double.NaN;
    private int _lines;

    private TrainingDisplay(ProgressTask? bar) => _bar = bar;

    /// <summary>Runs <paramref name="train"/> with a display that listens to it.</summary>
    public static T Show<T>(int totalSteps, Func<TrainingDisplay, T> train)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || !AnsiConsole.Profile.Capabilities.Ansi)
            return train(new TrainingDisplay(null));
        return AnsiConsole.Progress()
            .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => train(new TrainingDisplay(context.AddTask("collecting the first steps", maxValue: totalSteps))));
    }

    public void Report(TrpoIteration value)
    {
        // An iteration without an ended episode shows the mean return of the one before it.
        if (!double.IsNaN(value.MeanReturn))
            _meanReturn = value.MeanReturn;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{value.StepsPerSecond,6:N0} steps/s  return {(double.IsNaN(_meanReturn) ? "  –  " : $"{_meanReturn,5:F1}")}  KL {value.Update.MeanKl:F4}  line search x{value.Update.StepFraction:G3}  explained var. {value.ExplainedVariance,5:F2}");
        if (_bar is not null)
        {
            _bar.Description = text;
            _bar.Value = value.Steps;
            return;
        }

        var line = (int)((long)value.Steps * Lines / value.TotalSteps);
        if (line == _lines)
            return;
        _lines = line;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Steps,9:N0} steps  {text}"));
    }
}

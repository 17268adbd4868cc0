using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>The progress of a training: in a terminal a bar and the last numbers, renewed as they come; elsewhere a line per tenth.</summary>
internal sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int Lines = 10;

    // Iterations can take a millisecond, which nobody can read.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly LiveDisplayContext? _live;
    private double _meanReturn = double.NaN;
    private int _lines;
    private long _shown;

    private TrainingDisplay(Terminal terminal, LiveDisplayContext? live)
    {
        _terminal = terminal;
        _live = live;
    }

    /// <summary>Whether there is a terminal that can be written over.</summary>
    public static bool IsLive => AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } && !Console.IsOutputRedirected;

    /// <summary>Runs <paramref name="train"/> with a display to report to.</summary>
    public static T Show<T>(Terminal terminal, Func<TrainingDisplay, T> train) => IsLive
        ? AnsiConsole.Live(new Text("Collecting the first steps ...")).Start(context => train(new TrainingDisplay(terminal, context)))
        : train(new TrainingDisplay(terminal, null));

    public void Report(TrpoIteration value)
    {
        // In an iteration in which no episode ended, the mean return before it still tells how things stand.
        if (!double.IsNaN(value.MeanReturn))
            _meanReturn = value.MeanReturn;
        if (_live is null)
            WriteLine(value);
        else if (_shown == 0 || value.Steps >= value.TotalSteps || Stopwatch.GetElapsedTime(_shown) > Pause)
            Renew(value);
    }

    private void Renew(TrpoIteration value)
    {
        _shown = Stopwatch.GetTimestamp();
        _live!.UpdateTarget(TrainingPanel.Of(value, _meanReturn, AnsiConsole.Profile.Width));
    }

    private void WriteLine(TrpoIteration value)
    {
        var line = (int)((long)value.Steps * Lines / value.TotalSteps);
        if (line == _lines)
            return;
        _lines = line;
        _terminal.Say($"{value.Steps,11:N0} steps  {value.StepsPerSecond,7:N0}/s  return {Number(_meanReturn)}  last 100 {Number(value.MeanReturnOfLast100)}  KL {value.Update.MeanKl:F4}  line search x{value.Update.StepFraction:G3}  expl. var. {value.ExplainedVariance,5:F2}  entropy {value.Entropy:F2}");
    }

    /// <summary>A return; a dash where there is none yet.</summary>
    internal static string Number(double value) => double.IsNaN(value) ? "    –" : value.ToString("F1", CultureInfo.InvariantCulture).PadLeft(5);
}

using System.Diagnostics;
using Spectre.Console;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>The display of a training's progress: a bar and the last numbers in a terminal, a line per tenth of the steps elsewhere.</summary>
internal sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int LineCount = 10;

    // Iterations can take a millisecond, which is too short to read.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly LiveDisplayContext? _live;
    private double _meanReturn = double.NaN;
    private int _lastLine;
    private long _lastRefresh;

    private TrainingDisplay(Terminal terminal, LiveDisplayContext? live)
    {
        _terminal = terminal;
        _live = live;
    }

    /// <summary>True if the standard output is a terminal that can be written over.</summary>
    public static bool IsLive => AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true } && !Console.IsOutputRedirected;

    /// <summary>Runs <paramref name="train"/> with a display that listens to its iterations.</summary>
    public static T Show<T>(Terminal terminal, Func<TrainingDisplay, T> train) => IsLive && !terminal.IsShared
        ? AnsiConsole.Live(new Text("Collecting the first steps ...")).Start(context => train(new TrainingDisplay(terminal, context)))
        : train(new TrainingDisplay(terminal, null));

    /// <inheritdoc/>
    public void Report(TrpoIteration value)
    {
        // An iteration in which no episode ended shows the mean return of the one before.
        if (!double.IsNaN(value.MeanReturn))
            _meanReturn = value.MeanReturn;
        if (_live is null)
            WriteLine(value);
        else if (_lastRefresh == 0 || value.Steps >= value.TotalSteps || Stopwatch.GetElapsedTime(_lastRefresh) > RefreshInterval)
            Refresh(value);
    }

    private void Refresh(TrpoIteration value)
    {
        _lastRefresh = Stopwatch.GetTimestamp();
        _live!.UpdateTarget(TrainingPanel.Of(value, _meanReturn, AnsiConsole.Profile.Width));
    }

    private void WriteLine(TrpoIteration value)
    {
        var line = (int)((long)value.Steps * LineCount / value.TotalSteps);
        if (line == _lastLine)
            return;
        _lastLine = line;
        _terminal.WriteLine($"{value.Steps,11:N0} steps  {value.StepsPerSecond,7:N0}/s  return {Number(_meanReturn)}  last 100 {Number(value.MeanReturnOfLast100)}  KL {NumberText.Of(value.Update.MeanKl, 4)}  line search x{value.Update.StepFraction:G3}  expl. var. {NumberText.Of(value.ExplainedVariance, 2),5}  entropy {NumberText.Of(value.Entropy, 2)}");
    }

    /// <summary>Returns the text of a return; a dash for NaN.</summary>
    internal static string Number(double value) => NumberText.Of(value, 1).PadLeft(5);
}

using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Trpo.Cli.Display;
using Trpo.Cli.Foundation;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Cli.Logs;

/// <summary>The display of the steps of learning from a log: a line that is written over in a terminal, a line for the first step and for each tenth of the steps elsewhere.</summary>
internal sealed class LogTrainingDisplay : IProgress<TrpoFromLogIteration>
{
    private const int LineCount = 10;

    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    private readonly Terminal _terminal;
    private readonly LiveDisplayContext? _live;
    private int _lastLine;
    private long _lastRefresh;

    private LogTrainingDisplay(Terminal terminal, LiveDisplayContext? live) => (_terminal, _live) = (terminal, live);

    /// <summary>Gets the last step; null before the first.</summary>
    public TrpoFromLogIteration? Last { get; private set; }

    /// <summary>Gets the next receiver of the steps; null for none.</summary>
    public IProgress<TrpoFromLogIteration>? Next { get; init; }

    /// <summary>Runs <paramref name="learn"/> with a display that listens to its steps.</summary>
    public static T Show<T>(Terminal terminal, IProgress<TrpoFromLogIteration>? next, Func<LogTrainingDisplay, T> learn) => TrainingDisplay.IsLive
        ? AnsiConsole.Live(new Text("Fitting the model of the rewards ...")).Start(context => learn(new LogTrainingDisplay(terminal, context) { Next = next }))
        : learn(new LogTrainingDisplay(terminal, null) { Next = next });

    /// <inheritdoc/>
    public void Report(TrpoFromLogIteration value)
    {
        Last = value;
        var line = (int)((long)value.Iteration * LineCount / value.Iterations);
        if (_live is null && (value.Iteration == 1 || line != _lastLine || value.Outcome is not null))
            _terminal.WriteLine($"{Line(value)}");
        else if (_live is not null && (_lastRefresh == 0 || value.Outcome is not null || Stopwatch.GetElapsedTime(_lastRefresh) > RefreshInterval))
            Refresh(value);
        _lastLine = line;
        Next?.Report(value);
    }

    /// <summary>Returns the line of a step.</summary>
    internal static string Line(TrpoFromLogIteration value) => string.Create(CultureInfo.InvariantCulture,
        $"{value.Iteration,8:N0} steps  value {value.Value:G5}{HeldOut(value)}  KL {NumberText.Of(value.Update.MeanKl, 4)}  line search x{value.Update.StepFraction:G3}  effective rows {value.EffectiveRows:N0} of {value.Rows:N0}  entropy {NumberText.Of(value.Entropy, 2)}");

    private static string HeldOut(TrpoFromLogIteration value) => value.HeldOutValue is { } heldOut
        ? string.Create(CultureInfo.InvariantCulture, $"  held out {heldOut:G5} ± {value.HeldOutError:G2}{(value.IsBest ? " (best)" : "")}")
        : "";

    private void Refresh(TrpoFromLogIteration value)
    {
        _lastRefresh = Stopwatch.GetTimestamp();
        _live!.UpdateTarget(new Text(Line(value)));
    }
}

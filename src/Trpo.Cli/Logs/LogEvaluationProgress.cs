using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs;

/// <summary>The progress of a long evaluation: a line for every ten seconds.</summary>
/// <param name="terminal">The receiver of the lines, on its standard error, so that results stay alone.</param>
/// <param name="time">The clock.</param>
internal sealed class LogEvaluationProgress(Terminal terminal, TimeProvider time) : IProgress<double>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long _last = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (time.GetElapsedTime(_last) < Interval)
            return;
        _last = time.GetTimestamp();
        terminal.Warn($"Fitting the model of the rewards: {Math.Round(100 * value)} %");
    }
}

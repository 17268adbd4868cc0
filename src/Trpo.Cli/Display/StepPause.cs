using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>A listener that pauses a training once it has made a number of steps, unless that is its end.</summary>
/// <param name="steps">The number of environment steps; null for never.</param>
/// <param name="pause">Stops the training.</param>
internal sealed class StepPause(int? steps, Action pause) : IProgress<TrpoIteration>
{
    /// <summary>True if the training was paused.</summary>
    public bool IsPaused { get; private set; }

    /// <inheritdoc/>
    public void Report(TrpoIteration value)
    {
        if (value.Steps < steps || steps is null || value.Steps >= value.TotalSteps)
            return;
        IsPaused = true;
        pause();
    }
}

namespace Trpo.Cli.Environments;

/// <summary>The stepping of environments that a command line chooses.</summary>
/// <param name="Threads">The number of threads that step the environments, at least 1.</param>
/// <param name="StepTimeout">The longest time of a step, in seconds; null for no limit.</param>
/// <param name="MaxRestarts">The number of times that failed environments are replaced by new ones, at least 0.</param>
internal sealed record SteppingChoice(int Threads = 1, double? StepTimeout = null, int MaxRestarts = 0)
{
    /// <summary>The maximum of <see cref="StepTimeout"/>: a day.</summary>
    public const double MaxStepTimeout = 86_400;
}

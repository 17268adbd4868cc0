namespace Trpo.Estimators.Environments.Stepping;

/// <summary>Options of the steps of a vector environment.</summary>
internal sealed record SteppingOptions
{
    // Waits of the operating system are counted in 32 bits of milliseconds.
    private static readonly TimeSpan MaxStepTimeout = TimeSpan.FromDays(24);

    /// <summary>Gets the number of threads that step and reset the environments; at least 1, 1 by default. At most one per environment is used.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Gets the longest time that a step or a reset may take; null, the default, for no limit.</summary>
    public TimeSpan? StepTimeout { get; init; }

    /// <summary>Gets the number of times that failed environments are replaced by new ones, over all environments; at least 0, 0 by default.</summary>
    public int MaxRestarts { get; init; }

    /// <summary>Throws if an option is out of its range; the names are those of the arguments of <c>LoadFromEnvironment</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1, "threads");
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRestarts, "maxRestarts");
        if (StepTimeout is not { } timeout)
            return;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, "stepTimeout");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, MaxStepTimeout, "stepTimeout");
    }
}

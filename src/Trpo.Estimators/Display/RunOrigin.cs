namespace Trpo.Estimators.Display;

/// <summary>The training that an iteration comes from. All are equal: iterations with the same numbers are equal, whichever training made them.</summary>
/// <param name="run">The training; null for an iteration that none made.</param>
internal readonly struct RunOrigin(TrainingRun? run) : IEquatable<RunOrigin>
{
    /// <summary>Gets the training.</summary>
    public TrainingRun? Run => run;

    /// <inheritdoc/>
    public bool Equals(RunOrigin other) => true;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RunOrigin;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;
}

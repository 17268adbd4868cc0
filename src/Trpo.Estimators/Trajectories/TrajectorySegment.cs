namespace Trpo.Estimators.Trajectories;

/// <summary>
/// Consecutive steps of one environment, <c>T</c> rows of a <see cref="Rollout"/>: parts of one or more episodes, the first of which may have begun
/// before the segment and the last of which may go on behind it.
/// </summary>
internal readonly ref struct TrajectorySegment
{
    /// <summary>The rows of the rollout that the segment consists of.</summary>
    public required Range Rows { get; init; }

    /// <summary>The rewards, <c>[T]</c>.</summary>
    public required ReadOnlySpan<double> Rewards { get; init; }

    /// <summary>True where the step ended the episode in a terminal state, which is worth nothing, <c>[T]</c>.</summary>
    public required ReadOnlySpan<bool> Terminated { get; init; }

    /// <summary>True where the environment truncated the episode at the step, by a time limit for example, <c>[T]</c>.</summary>
    public required ReadOnlySpan<bool> Truncated { get; init; }

    /// <summary>True where training, not the environment, ended the episode at the step: its start was staggered, or the run was resumed with fresh episodes, <c>[T]</c>.</summary>
    public required ReadOnlySpan<bool> CutOff { get; init; }
}

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The sizes of the rollouts of a training.</summary>
/// <param name="ObservationLength">The number of values of an observation as the pipeline transforms it, <c>d</c>.</param>
/// <param name="ActionLength">The number of values of an action, <c>k</c>.</param>
/// <param name="ReusedIterations">The largest number of earlier rollouts.</param>
internal readonly record struct RolloutSizes(int ObservationLength, int ActionLength, int ReusedIterations);

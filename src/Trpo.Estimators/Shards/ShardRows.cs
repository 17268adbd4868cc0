namespace Trpo.Estimators.Shards;

/// <summary>The rows of a shard's current rollout.</summary>
/// <param name="Observations">The observations as the pipeline transformed them, <c>[N, d]</c>.</param>
/// <param name="ValueInputs">The observations as the value function sees them, normalized where the policy normalizes, <c>[N, d]</c>.</param>
/// <param name="Targets">The value targets, <c>[N]</c>; empty before <see cref="IShard.Estimate"/>.</param>
internal readonly record struct ShardRows(ReadOnlyMemory<float> Observations, ReadOnlyMemory<float> ValueInputs, ReadOnlyMemory<double> Targets);

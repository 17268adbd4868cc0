using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Shards;

/// <summary>The parts of one shard.</summary>
/// <param name="Environments">The shard's environments, seen through the pipeline.</param>
/// <param name="Policy">The shard's copy of the policy.</param>
/// <param name="ValueFunction">The shard's copy of the value function, or the baseline that all shards share.</param>
/// <param name="Random">The shard's random stream.</param>
internal sealed record ShardParts(TransformedVectorEnvironment Environments, StochasticPolicy Policy, IValueFunction ValueFunction, RandomSource Random);

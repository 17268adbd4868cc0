using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Shards;

/// <summary>The parts that a training is made of.</summary>
internal sealed record TrainingParts
{
    /// <summary>The policy to train.</summary>
    public required StochasticPolicy Policy { get; init; }

    /// <summary>Creates a policy of the same parts, for another shard, from a source of random numbers; its state is replaced by that of <see cref="Policy"/>.</summary>
    public required Func<RandomSource, StochasticPolicy> CopyPolicy { get; init; }

    /// <summary>The value function.</summary>
    public required IValueFunction ValueFunction { get; init; }

    /// <summary>The optimizer of the policy; null for the trust region's with the options of the training.</summary>
    public IPolicyOptimizer? Optimizer { get; init; }

    /// <summary>The environments, seen through the pipeline; a single one, which is never stepped, where shards run on workers.</summary>
    public required TransformedVectorEnvironment Environments { get; init; }

    /// <summary>The number of environments of all shards.</summary>
    public required int EnvironmentCount { get; init; }

    /// <summary>The action space.</summary>
    public required ActionSpace ActionSpace { get; init; }

    /// <summary>The source of actions and of the environments' seeds.</summary>
    public required RandomSource RolloutRandom { get; init; }

    /// <summary>The sources that the policy's network and the value function were given, which may still draw from them.</summary>
    public required IReadOnlyList<RandomSource> PartRandoms { get; init; }

    /// <summary>Plays episodes of a seed with the deterministic policy, in environments of its own, and returns their returns; null where the options ask for no evaluation.</summary>
    public Func<int, IReadOnlyList<double>>? Evaluate { get; init; }

    /// <summary>The seed that all sources were split from.</summary>
    public required int Seed { get; init; }
}

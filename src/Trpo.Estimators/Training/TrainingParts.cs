using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Onnx.Randomness;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Training;

/// <summary>What a training is made of.</summary>
internal sealed record TrainingParts
{
    public required StochasticPolicy Policy { get; init; }

    public required IValueFunction ValueFunction { get; init; }

    /// <summary>Another optimizer than the trust region's, or null.</summary>
    public IPolicyOptimizer? Optimizer { get; init; }

    public required TransformedVectorEnvironment Environments { get; init; }

    public required ActionSpace ActionSpace { get; init; }

    /// <summary>What actions and the environments' seeds are drawn from.</summary>
    public required RandomSource RolloutRandom { get; init; }

    /// <summary>What the policy's network and the value function were given; they may still draw from them.</summary>
    public required IReadOnlyList<RandomSource> PartsRandom { get; init; }

    /// <summary>The seed that all of them come from.</summary>
    public required int Seed { get; init; }
}

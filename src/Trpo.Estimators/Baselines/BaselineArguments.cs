using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Baselines;

/// <summary>The arguments from which a factory in the options creates the value function.</summary>
public sealed record BaselineArguments
{
    /// <summary>The length of an observation as the policy sees it. At least 1.</summary>
    public required int ObservationLength { get; init; }

    /// <summary>The source of the initial weights. The value function may keep it; its state is part of the checkpoints.</summary>
    public required RandomSource Random { get; init; }
}

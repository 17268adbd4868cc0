using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Networks;

/// <summary>The arguments from which a factory in the options creates the network of a policy.</summary>
public sealed record NetworkArguments
{
    /// <summary>The number of inputs, which is the length of an observation as the policy sees it. At least 1.</summary>
    public required int Inputs { get; init; }

    /// <summary>The number of outputs, which are the parameters of the action distribution that the network computes. At least 1.</summary>
    public required int Outputs { get; init; }

    /// <summary>The source of the initial weights. The network may keep it; its state is part of the checkpoints.</summary>
    public required RandomSource Random { get; init; }
}

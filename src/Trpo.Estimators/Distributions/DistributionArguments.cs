using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>The arguments from which a factory in the options creates the action distribution of a policy.</summary>
public sealed record DistributionArguments
{
    /// <summary>The actions of the environment.</summary>
    public required ActionSpace Actions { get; init; }
}

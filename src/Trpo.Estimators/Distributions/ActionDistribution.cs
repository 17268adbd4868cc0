using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>The distributions of the built-in action spaces.</summary>
internal static class ActionDistribution
{
    /// <summary>Creates the distribution for a space.</summary>
    /// <exception cref="NotSupportedException">There is no distribution for the space.</exception>
    public static IActionDistribution For(ActionSpace space, double initialLogStandardDeviation) => space switch
    {
        DiscreteActionSpace discrete => new CategoricalDistribution(discrete),
        MultiDiscreteActionSpace choices => new MultiDiscreteDistribution(choices),
        MultiBinaryActionSpace switches => new MultiBinaryDistribution(switches),
        BoxActionSpace box => new DiagonalGaussianDistribution(box, initialLogStandardDeviation),
        _ => throw new NotSupportedException($"There is no distribution over the action space {space}."),
    };
}

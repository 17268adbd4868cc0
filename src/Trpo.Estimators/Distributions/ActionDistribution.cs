using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>The distributions of the built-in action spaces.</summary>
internal static class ActionDistribution
{
    /// <summary>Creates the distribution for a space.</summary>
    /// <param name="space">The space of the actions.</param>
    /// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations of a box.</param>
    /// <param name="rescales">True if the bounded dimensions of a box are [-1, 1] for the policy.</param>
    /// <exception cref="NotSupportedException">There is no distribution for the space.</exception>
    public static IActionDistribution For(ActionSpace space, double initialLogStandardDeviation, bool rescales = false) => space switch
    {
        DiscreteActionSpace discrete => new CategoricalDistribution(discrete),
        MultiDiscreteActionSpace choices => new MultiDiscreteDistribution(choices),
        MultiBinaryActionSpace switches => new MultiBinaryDistribution(switches),
        BoxActionSpace box => new CensoredGaussianDistribution(box, initialLogStandardDeviation, rescales),
        _ => throw new NotSupportedException($"There is no distribution over the action space {space}."),
    };
}

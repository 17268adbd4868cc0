using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>The family that fits a space of actions.</summary>
internal static class ActionDistribution
{
    public static IActionDistribution For(ActionSpace space, double initialLogStandardDeviation) => space switch
    {
        DiscreteActionSpace discrete => new CategoricalDistribution(discrete),
        MultiDiscreteActionSpace choices => new MultiDiscreteDistribution(choices),
        MultiBinaryActionSpace switches => new MultiBinaryDistribution(switches),
        BoxActionSpace box => new DiagonalGaussianDistribution(box, initialLogStandardDeviation),
        _ => throw new NotSupportedException($"There is no distribution over the action space {space}."),
    };
}

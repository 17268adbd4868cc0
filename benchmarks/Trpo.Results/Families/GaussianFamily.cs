using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>
/// The draws of a normal distribution for each dimension, which the environment clips to the bounds. The parameters are the <c>k</c> means, then the logarithms of the <c>k</c> standard deviations, which
/// do not depend on the observation, in units in which the bounds are -1 and 1.
/// </summary>
/// <param name="space">The space of the actions.</param>
/// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations.</param>
internal abstract class GaussianFamily(BoxActionSpace space, double initialLogStandardDeviation) : BoundedFamily(space)
{
    public override int NetworkOutputs => Count;

    public override IReadOnlyList<double> StateIndependentParameters { get; } = [.. Enumerable.Repeat(initialLogStandardDeviation, space.Length)];

    /// <summary>Draws an action and leaves it beyond its bounds.</summary>
    public override void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = ToAction(Gaussian.Sample(parameters[i], parameters[Count + i], random), i);
    }

    protected override double Mode(ReadOnlySpan<double> parameters, int dimension) => parameters[dimension];

    protected override string ExportMode(OnnxGraphBuilder graph, string networkOutput) => networkOutput;

    /// <summary>Computes the log-density of a draw within the bounds; its derivatives are <c>z / sigma</c> by the mean and <c>z^2 - 1</c> by the logarithm of sigma.</summary>
    protected double LogDensity(ReadOnlySpan<double> parameters, double action, int dimension, Span<double> gradient)
    {
        var inverse = Math.Exp(-parameters[Count + dimension]);
        var z = (FromAction(action, dimension) - parameters[dimension]) * inverse;
        if (!gradient.IsEmpty)
        {
            gradient[dimension] = z * inverse;
            gradient[Count + dimension] = (z * z) - 1;
        }

        return Gaussian.LogDensity(z, parameters[Count + dimension] + LogHalfWidth(dimension));
    }
}

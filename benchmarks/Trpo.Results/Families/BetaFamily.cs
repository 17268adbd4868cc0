using MathNet.Numerics;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>
/// A beta distribution for each dimension, between its bounds, after Chou, Maturana and Scherer, "Improving stochastic policy gradients in continuous control with deep reinforcement learning using the beta
/// distribution" (2017): alpha and beta are 1 + softplus of two outputs of the network, the <c>k</c> of alpha first. Both are above 1, so that the density has one maximum within the bounds and is 0 at them.
/// The deterministic action is the mean, <c>alpha / (alpha + beta)</c> of the way between the bounds.
/// </summary>
/// <param name="space">The space of the actions.</param>
internal sealed class BetaFamily(BoxActionSpace space) : BoundedFamily(space)
{
    // Rounding puts a draw on a bound, where the density is 0.
    private const double Margin = 1e-6;

    private static readonly double LogTwo = Math.Log(2);

    public override int NetworkOutputs => 2 * Count;

    public override IReadOnlyList<double> StateIndependentParameters => [];

    public override void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            var (above, below) = (GammaDraw.Next(alpha, random), GammaDraw.Next(beta, random));
            action[i] = ToAction((above - below) / (above + below), i);
        }
    }

    public override double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = -EntropyOrigin;
        for (var i = 0; i < Count; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            var share = Math.Clamp((FromAction(action[i], i) + 1) / 2, Margin, 1 - Margin);
            var (below, above) = (Math.Log(share), Math.Log(1 - share));
            sum += ((alpha - 1) * below) + ((beta - 1) * above) - SpecialFunctions.BetaLn(alpha, beta) - LogTwo;
            if (gradient.IsEmpty)
                continue;
            var both = SpecialFunctions.DiGamma(alpha + beta);
            gradient[i] = (below + both - SpecialFunctions.DiGamma(alpha)) * Slope(parameters[i]);
            gradient[Count + i] = (above + both - SpecialFunctions.DiGamma(beta)) * Slope(parameters[Count + i]);
        }

        return sum;
    }

    public override double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = EntropyOrigin;
        for (var i = 0; i < Count; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            sum += LogTwo + SpecialFunctions.BetaLn(alpha, beta) - ((alpha - 1) * SpecialFunctions.DiGamma(alpha)) - ((beta - 1) * SpecialFunctions.DiGamma(beta)) + ((alpha + beta - 2) * SpecialFunctions.DiGamma(alpha + beta));
        }

        return sum;
    }

    public override double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var (before, after) = (Shape(oldParameters, i), Shape(newParameters, i));
            var (alpha, beta) = (before.Alpha - after.Alpha, before.Beta - after.Beta);
            sum += SpecialFunctions.BetaLn(after.Alpha, after.Beta) - SpecialFunctions.BetaLn(before.Alpha, before.Beta);
            sum += (alpha * SpecialFunctions.DiGamma(before.Alpha)) + (beta * SpecialFunctions.DiGamma(before.Beta)) - ((alpha + beta) * SpecialFunctions.DiGamma(before.Alpha + before.Beta));
        }

        return sum;
    }

    /// <summary>Computes the product with <c>[[t(alpha) - t(alpha + beta), -t(alpha + beta)], [-t(alpha + beta), t(beta) - t(alpha + beta)]]</c>, where t is the trigamma function, through the slopes of the softplus.</summary>
    public override void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < Count; i++)
        {
            var (alpha, beta) = Shape(parameters, i);
            var (slopeOfAlpha, slopeOfBeta) = (Slope(parameters[i]), Slope(parameters[Count + i]));
            var (byAlpha, byBeta) = (slopeOfAlpha * vector[i], slopeOfBeta * vector[Count + i]);
            var both = Trigamma.Of(alpha + beta) * (byAlpha + byBeta);
            product[i] = slopeOfAlpha * ((Trigamma.Of(alpha) * byAlpha) - both);
            product[Count + i] = slopeOfBeta * ((Trigamma.Of(beta) * byBeta) - both);
        }
    }

    protected override double Mode(ReadOnlySpan<double> parameters, int dimension)
    {
        var (alpha, beta) = Shape(parameters, dimension);
        return (alpha - beta) / (alpha + beta);
    }

    protected override string ExportMode(OnnxGraphBuilder graph, string networkOutput)
    {
        var shapes = graph.Node("Add", "shapes", [graph.Node("Softplus", "softplus", [networkOutput]), graph.Constant("one", [1f], 1)]);
        graph.Node("Split", ["alpha", "beta"], [shapes], ("axis", 1));
        return graph.Node("Div", "mean", [graph.Node("Sub", "difference", ["alpha", "beta"]), graph.Node("Add", "sum", ["alpha", "beta"])]);
    }

    private (double Alpha, double Beta) Shape(ReadOnlySpan<double> parameters, int dimension) =>
        (1 + Softplus(parameters[dimension]), 1 + Softplus(parameters[Count + dimension]));

    // Written so that no exponential overflows.
    private static double Softplus(double value) => Math.Max(value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(value)));

    private static double Slope(double value) => SpecialFunctions.Logistic(value);
}

using System.Numerics.Tensors;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A normal distribution for each of <c>k</c> dimensions, independent of each other, whose draws are clipped to the bounds of a box (a censored normal distribution). All draws beyond a bound are one action,
/// with the probability of them all, as if it were spread over half the width of the bounds, so that densities have the units of the action. The parameters are the <c>k</c> means, then the
/// logarithms of the <c>k</c> standard deviations, which do not depend on the observation, both in the units of <see cref="ActionUnits"/>.
/// </summary>
/// <remarks>
/// The gradient of the log-probability is the mean of that of the draws that give the same action (Fujita and Maeda, "Clipped action policy gradient" (2018)), which varies less than that of a
/// draw. KL divergence, Fisher matrix and entropy are those of the draws: they do not vanish where nearly all draws are beyond a bound, and the entropy says how wide the draws are.
/// </remarks>
internal sealed class CensoredGaussianDistribution : IActionDistribution
{
    private const int MaxStack = 64;

    private static readonly double HalfLogTwoPi = Math.Log(2 * Math.PI) / 2;

    private readonly BoxActionSpace _space;
    private readonly ActionUnits _units;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly double[] _logWidth;

    /// <param name="space">The space of the actions.</param>
    /// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations.</param>
    /// <param name="rescales">True if bounded dimensions are [-1, 1] for the policy; false for the units of the action.</param>
    public CensoredGaussianDistribution(BoxActionSpace space, double initialLogStandardDeviation, bool rescales = false)
    {
        _space = space;
        _units = rescales ? ActionUnits.OfBounds(space) : ActionUnits.Same(space);
        _low = [.. Enumerable.Range(0, space.Length).Select(i => _units.FromAction(space.Low[i], i))];
        _high = [.. Enumerable.Range(0, space.Length).Select(i => _units.FromAction(space.High[i], i))];
        _logWidth = [.. Enumerable.Range(0, space.Length).Select(i => Math.Log(space.HalfWidth(i)))];
        StateIndependentParameters = [.. Enumerable.Repeat(initialLogStandardDeviation, space.Length)];
    }

    /// <summary>True if the policy computes actions in other units than those of the environment.</summary>
    public bool HasUnits => !_units.IsIdentity;

    public int NetworkOutputs => _space.Length;

    public IReadOnlyList<double> StateIndependentParameters { get; }

    public double EntropyOrigin => _units.LogVolume;

    public bool DivergesAsDrawn => true;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)_units.ToAction(Gaussian.Sample(parameters[i], parameters[action.Length + i], random), i);
    }

    /// <summary>Writes the means, within the bounds of the space.</summary>
    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp((float)_units.ToAction(parameters[i], i), _space.Low[i], _space.High[i]);
    }

    /// <summary>
    /// Computes the sum over the dimensions of <c>-(z^2 / 2 + log sigma + log scale + log(2 pi) / 2)</c> with <c>z = ((a - center) / scale - mean) / sigma</c>; its derivatives are
    /// <c>z / sigma</c> by the mean and <c>z^2 - 1</c> by the logarithm of sigma. At the low bound it is <c>log Phi(z) - log(half width)</c>, with the derivatives <c>-r / sigma</c> and
    /// <c>-r z</c>, where <c>r = phi(z) / Phi(z)</c>; at the high bound the same with the sign of z and of the first derivative changed.
    /// </summary>
    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var count = _space.Length;
        Span<double> inverses = count <= MaxStack ? stackalloc double[count] : new double[count];
        for (var i = 0; i < count; i++)
            inverses[i] = Math.Exp(-parameters[count + i]);
        return LogProbability(parameters, inverses, action, gradient);
    }

    /// <inheritdoc cref="LogProbability(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double})"/>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="inverses">One over the standard deviations, <c>[k]</c>.</param>
    /// <param name="action"><c>[k]</c>.</param>
    /// <param name="gradient">Receives the derivatives by the parameters, <c>[P]</c>; empty if they are not needed.</param>
    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> inverses, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var count = _space.Length;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var inverse = inverses[i];
            var side = Side(action[i], i);
            if (side == 0)
            {
                var z = (_units.FromAction(action[i], i) - parameters[i]) * inverse;
                sum += Gaussian.LogDensity(z, parameters[count + i] + _units.LogScale(i));
                if (gradient.IsEmpty)
                    continue;
                gradient[i] = z * inverse;
                gradient[count + i] = (z * z) - 1;
            }
            else
            {
                var z = side * (parameters[i] - (side < 0 ? _low[i] : _high[i])) * inverse;
                sum += Gaussian.LogCumulative(z) - _logWidth[i];
                if (gradient.IsEmpty)
                    continue;
                var slope = Gaussian.LogCumulativeSlope(z);
                gradient[i] = side * slope * inverse;
                gradient[count + i] = -slope * z;
            }
        }

        return sum;
    }

    /// <summary>
    /// Computes the sum over the dimensions of <c>-(m / 2 + log sigma + log scale + log(2 pi) / 2)</c>, where m is <c>z^2</c> within the bounds, and at a bound the mean of <c>z^2</c> beyond it,
    /// <c>1 - z r</c>, with z and r as in <see cref="LogProbability(ReadOnlySpan{double}, ReadOnlySpan{double}, Span{double})"/>.
    /// </summary>
    public double DrawLogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action)
    {
        var count = _space.Length;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var inverse = Math.Exp(-parameters[count + i]);
            var z = (_units.FromAction(action[i], i) - parameters[i]) * inverse;
            var square = z * z;
            if (Side(action[i], i) is not 0 and var side)
            {
                z = side * (parameters[i] - (side < 0 ? _low[i] : _high[i])) * inverse;
                square = 1 - (z * Gaussian.LogCumulativeSlope(z));
            }

            sum -= (square / 2) + parameters[count + i] + _units.LogScale(i) + HalfLogTwoPi;
        }

        return sum;
    }

    /// <summary>Computes the entropy of the draws, <c>sum (log sigma + log scale + (1 + log(2 pi)) / 2)</c>.</summary>
    public double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        foreach (var logDeviation in parameters[_space.Length..])
            sum += Gaussian.Entropy(logDeviation);
        return sum + _units.LogVolume;
    }

    /// <summary>Computes <c>sum (log sigma_new - log sigma_old + (sigma_old^2 + (mean_old - mean_new)^2) / (2 sigma_new^2) - 1/2)</c>.</summary>
    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var count = _space.Length;
        Span<double> ratios = count <= MaxStack ? stackalloc double[count] : new double[count];
        Span<double> inverses = count <= MaxStack ? stackalloc double[count] : new double[count];
        for (var i = 0; i < count; i++)
        {
            ratios[i] = Math.Exp(2 * (oldParameters[count + i] - newParameters[count + i]));
            inverses[i] = Math.Exp(-newParameters[count + i]);
        }

        return KullbackLeibler(oldParameters, newParameters, ratios, inverses);
    }

    /// <inheritdoc cref="KullbackLeibler(ReadOnlySpan{double}, ReadOnlySpan{double})"/>
    /// <param name="oldParameters"><c>[P]</c>.</param>
    /// <param name="newParameters"><c>[P]</c>.</param>
    /// <param name="varianceRatios"><c>sigma_old^2 / sigma_new^2</c>, <c>[k]</c>.</param>
    /// <param name="inverses"><c>1 / sigma_new</c>, <c>[k]</c>.</param>
    public static double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters, ReadOnlySpan<double> varianceRatios, ReadOnlySpan<double> inverses)
    {
        var count = inverses.Length;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var logRatio = oldParameters[count + i] - newParameters[count + i];
            var shift = (oldParameters[i] - newParameters[i]) * inverses[i];
            sum += ((varianceRatios[i] + (shift * shift) - 1) / 2) - logRatio;
        }

        return sum;
    }

    /// <summary>Computes <c>diag(1 / sigma^2, 2) v</c>, for the means and for the logarithms of the deviations.</summary>
    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        var count = _space.Length;
        for (var i = 0; i < count; i++)
        {
            product[i] = vector[i] * Math.Exp(-2 * parameters[count + i]);
            product[count + i] = 2 * vector[count + i];
        }
    }

    /// <summary>Computes the products of a batch. Its rows differ in their means only, on which the matrix does not depend: the deviations of the first row are used.</summary>
    public void FisherProducts(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vectors, Span<double> products)
    {
        var count = _space.Length;
        Span<double> precisions = count <= MaxStack ? stackalloc double[count] : new double[count];
        TensorPrimitives.Multiply(parameters.Slice(count, count), -2, precisions);
        TensorPrimitives.Exp<double>(precisions, precisions);
        FisherProductsOf(precisions, vectors, products);
    }

    /// <summary>Computes the products of a batch.</summary>
    /// <param name="precisions"><c>1 / sigma^2</c>, <c>[k]</c>.</param>
    /// <param name="vectors"><c>[N, P]</c>.</param>
    /// <param name="products">Receives the products, <c>[N, P]</c>.</param>
    public static void FisherProductsOf(ReadOnlySpan<double> precisions, ReadOnlySpan<double> vectors, Span<double> products)
    {
        for (var start = 0; start < products.Length; start += 2 * precisions.Length)
        {
            for (var i = 0; i < precisions.Length; i++)
            {
                products[start + i] = vectors[start + i] * precisions[i];
                products[start + precisions.Length + i] = 2 * vectors[start + precisions.Length + i];
            }
        }
    }

    /// <summary>Returns the state-independent parameters that <see cref="Export"/> wrote.</summary>
    /// <param name="logarithms">The logarithms of the standard deviations in the units of the action, <c>[k]</c>.</param>
    public double[] ParametersOf(ReadOnlySpan<float> logarithms)
    {
        var parameters = new double[logarithms.Length];
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = logarithms[i] - (float)_units.LogScale(i);
        return parameters;
    }

    // -1 at the low bound and beyond it, 1 at the high one, 0 between them.
    private int Side(double action, int dimension) => action <= _space.Low[dimension] ? -1 : action >= _space.High[dimension] ? 1 : 0;

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        var low = graph.Constant("low", _space.Low.AsSpan(), _space.Length);
        var high = graph.Constant("high", _space.High.AsSpan(), _space.Length);
        if (_units.IsIdentity)
        {
            graph.Node("Identity", PolicyValues.Score, [networkOutput]);
        }
        else
        {
            float[] scales = [.. Enumerable.Range(0, _space.Length).Select(i => (float)_units.Scale(i))];
            float[] centers = [.. Enumerable.Range(0, _space.Length).Select(i => (float)_units.Center(i))];
            var scaled = graph.Node("Mul", "scaled", [networkOutput, graph.Constant("scales", scales, _space.Length)]);
            graph.Node("Add", PolicyValues.Score, [scaled, graph.Constant("centers", centers, _space.Length)]);
        }

        graph.Node("Max", "above_low", [PolicyValues.Score, low]);
        graph.Node("Min", PolicyValues.Action, ["above_low", high]);

        float[] logarithms = [.. Enumerable.Range(0, _space.Length).Select(i => (float)_units.LogScale(i))];
        TensorPrimitives.Add(logarithms, stateIndependent, logarithms);
        var constant = graph.Constant("log_standard_deviations", logarithms, _space.Length);
        var shape = graph.Node("Shape", "shape", [networkOutput]);
        graph.Node("Expand", PolicyValues.LogStandardDeviation, [constant, shape]);
        graph.Output(PolicyValues.Action, _space.Length, "The mean within the bounds of the actions.");
        graph.Output(PolicyValues.Score, _space.Length, "The mean.");
        graph.Output(PolicyValues.LogStandardDeviation, _space.Length, "The logarithm of the standard deviation of each dimension.");
    }
}

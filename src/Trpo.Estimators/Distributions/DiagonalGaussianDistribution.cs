using System.Numerics.Tensors;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A normal distribution for each of <c>k</c> dimensions, independent of each other. The parameters are the <c>k</c> means, then the logarithms of
/// the <c>k</c> standard deviations, which do not depend on the observation, both in the units of <see cref="ActionUnits"/>. KL divergence and Fisher
/// matrix are the same in any units.
/// </summary>
internal sealed class DiagonalGaussianDistribution : IActionDistribution
{
    private readonly BoxActionSpace _space;
    private readonly ActionUnits _units;

    /// <param name="space">The space of the actions.</param>
    /// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations.</param>
    /// <param name="rescales">True if bounded dimensions are [-1, 1] for the policy; false for the units of the action.</param>
    public DiagonalGaussianDistribution(BoxActionSpace space, double initialLogStandardDeviation, bool rescales = false)
    {
        _space = space;
        _units = rescales ? ActionUnits.OfBounds(space) : ActionUnits.Same(space);
        StateIndependentParameters = [.. Enumerable.Repeat(initialLogStandardDeviation, space.Length)];
    }

    public int NetworkOutputs => _space.Length;

    public IReadOnlyList<double> StateIndependentParameters { get; }

    public double EntropyOrigin => _units.LogVolume;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)_units.ToAction(Gaussian.Sample(parameters[i], parameters[action.Length + i], random), i);
    }

    /// <summary>Writes the means, within the bounds of the _space.</summary>
    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp((float)_units.ToAction(parameters[i], i), _space.Low[i], _space.High[i]);
    }

    /// <summary>
    /// Computes <c>-sum (z^2 / 2 + log sigma + log scale + log(2 pi) / 2)</c> with <c>z = ((a - center) / scale - mean) / sigma</c>; its derivatives are
    /// <c>z / sigma</c> by the mean and <c>z^2 - 1</c> by the logarithm of sigma.
    /// </summary>
    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var count = _space.Length;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var inverse = Math.Exp(-parameters[count + i]);
            var z = (_units.FromAction(action[i], i) - parameters[i]) * inverse;
            sum += Gaussian.LogDensity(z, parameters[count + i] + _units.LogScale(i));
            if (gradient.IsEmpty)
                continue;
            gradient[i] = z * inverse;
            gradient[count + i] = (z * z) - 1;
        }

        return sum;
    }

    /// <summary>Computes <c>sum (log sigma + log scale + (1 + log(2 pi)) / 2)</c>.</summary>
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
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var logRatio = oldParameters[count + i] - newParameters[count + i];
            var shift = (oldParameters[i] - newParameters[i]) * Math.Exp(-newParameters[count + i]);
            sum += ((Math.Exp(2 * logRatio) + (shift * shift) - 1) / 2) - logRatio;
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
        Span<double> precisions = count <= 64 ? stackalloc double[count] : new double[count];
        TensorPrimitives.Multiply(parameters.Slice(count, count), -2, precisions);
        TensorPrimitives.Exp<double>(precisions, precisions);
        for (var start = 0; start < products.Length; start += 2 * count)
        {
            for (var i = 0; i < precisions.Length; i++)
            {
                products[start + i] = vectors[start + i] * precisions[i];
                products[start + count + i] = 2 * vectors[start + count + i];
            }
        }
    }

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

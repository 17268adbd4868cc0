using System.Numerics.Tensors;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A normal distribution for each of <c>k</c> dimensions, independent of each other. The parameters are the <c>k</c> means, then the logarithms of
/// the <c>k</c> standard deviations, which do not depend on the observation.
/// </summary>
internal sealed class DiagonalGaussianDistribution(BoxActionSpace space, double initialLogStandardDeviation) : IActionDistribution
{
    public int NetworkOutputs => space.Length;

    public IReadOnlyList<double> StateIndependentParameters { get; } = [.. Enumerable.Repeat(initialLogStandardDeviation, space.Length)];

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)Gaussian.Sample(parameters[i], parameters[action.Length + i], random);
    }

    /// <summary>Writes the means, within the bounds of the space.</summary>
    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Math.Clamp((float)parameters[i], space.Low[i], space.High[i]);
    }

    /// <summary>
    /// Computes <c>-sum (z^2 / 2 + log sigma + log(2 pi) / 2)</c> with <c>z = (a - mean) / sigma</c>; its derivatives are <c>z / sigma</c> by
    /// the mean and <c>z^2 - 1</c> by the logarithm of sigma.
    /// </summary>
    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var count = space.Length;
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            var inverse = Math.Exp(-parameters[count + i]);
            var z = (action[i] - parameters[i]) * inverse;
            sum += Gaussian.LogDensity(z, parameters[count + i]);
            if (gradient.IsEmpty)
                continue;
            gradient[i] = z * inverse;
            gradient[count + i] = (z * z) - 1;
        }

        return sum;
    }

    /// <summary>Computes <c>sum (log sigma + (1 + log(2 pi)) / 2)</c>.</summary>
    public double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        foreach (var logDeviation in parameters[space.Length..])
            sum += Gaussian.Entropy(logDeviation);
        return sum;
    }

    /// <summary>Computes <c>sum (log sigma_new - log sigma_old + (sigma_old^2 + (mean_old - mean_new)^2) / (2 sigma_new^2) - 1/2)</c>.</summary>
    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var count = space.Length;
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
        var count = space.Length;
        for (var i = 0; i < count; i++)
        {
            product[i] = vector[i] * Math.Exp(-2 * parameters[count + i]);
            product[count + i] = 2 * vector[count + i];
        }
    }

    /// <summary>Computes the products of a batch. Its rows differ in their means only, on which the matrix does not depend: the deviations of the first row are used.</summary>
    public void FisherProducts(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vectors, Span<double> products)
    {
        var count = space.Length;
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
        var low = graph.Constant("low", space.Low.AsSpan(), space.Length);
        var high = graph.Constant("high", space.High.AsSpan(), space.Length);
        graph.Node("Identity", PolicyValues.Score, [networkOutput]);
        graph.Node("Max", "above_low", [networkOutput, low]);
        graph.Node("Min", PolicyValues.Action, ["above_low", high]);

        var constant = graph.Constant("log_standard_deviations", stateIndependent, space.Length);
        var shape = graph.Node("Shape", "shape", [networkOutput]);
        graph.Node("Expand", PolicyValues.LogStandardDeviation, [constant, shape]);
        graph.Output(PolicyValues.Action, space.Length, "The mean within the bounds of the actions.");
        graph.Output(PolicyValues.Score, space.Length, "The mean.");
        graph.Output(PolicyValues.LogStandardDeviation, space.Length, "The logarithm of the standard deviation of each dimension.");
    }
}

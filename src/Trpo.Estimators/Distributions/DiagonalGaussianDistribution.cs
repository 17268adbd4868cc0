using Trpo.Estimators.Randomness;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A normal distribution for each of <c>k</c> dimensions, independent of each other. The parameters are the <c>k</c> means, then the logarithms of
/// the <c>k</c> standard deviations, which do not depend on the observation.
/// </summary>
internal sealed class DiagonalGaussianDistribution(BoxActionSpace space, float initialLogStandardDeviation) : IActionDistribution
{
    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);

    public int NetworkOutputs => space.Length;

    public IReadOnlyList<float> StateIndependentParameters { get; } = [.. Enumerable.Repeat(initialLogStandardDeviation, space.Length)];

    public void Sample(ReadOnlySpan<float> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = (float)(parameters[i] + (Math.Exp(parameters[action.Length + i]) * random.NextGaussian()));
    }

    /// <summary><c>-sum ((a - mean)^2 / (2 sigma^2) + log sigma + log(2 pi) / 2)</c>.</summary>
    public Tensor LogProbability(Tensor parameters, Tensor actions)
    {
        var (mean, logDeviation) = Split(parameters);
        var standardized = (actions - mean) * logDeviation.neg().exp();
        return ((standardized * standardized * 0.5) + logDeviation + (LogTwoPi / 2)).sum(dim: 1).neg();
    }

    /// <summary><c>sum (log sigma + (1 + log(2 pi)) / 2)</c>.</summary>
    public Tensor Entropy(Tensor parameters)
    {
        var (_, logDeviation) = Split(parameters);
        return (logDeviation + ((1 + LogTwoPi) / 2)).sum(dim: 1);
    }

    /// <summary><c>sum (log sigma_new - log sigma_old + (sigma_old^2 + (mean_old - mean_new)^2) / (2 sigma_new^2) - 1/2)</c>.</summary>
    public Tensor KullbackLeibler(Tensor oldParameters, Tensor newParameters)
    {
        var (oldMean, oldLogDeviation) = Split(oldParameters);
        var (newMean, newLogDeviation) = Split(newParameters);
        var logRatio = oldLogDeviation - newLogDeviation;
        var shift = (oldMean - newMean) * newLogDeviation.neg().exp();
        return (((logRatio * 2).exp() + (shift * shift) - 1) * 0.5 - logRatio).sum(dim: 1);
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
        graph.Node("Expand", "log_standard_deviation", [constant, shape]);
        graph.Output(PolicyValues.Action, space.Length, "The mean within the bounds of the actions.");
        graph.Output(PolicyValues.Score, space.Length, "The mean.");
        graph.Output("log_standard_deviation", space.Length, "The logarithm of the standard deviation of each dimension.");
    }

    private (Tensor Mean, Tensor LogDeviation) Split(Tensor parameters) =>
        (parameters.narrow(1, 0, space.Length), parameters.narrow(1, space.Length, space.Length));
}

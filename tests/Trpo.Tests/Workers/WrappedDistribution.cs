using Trpo.Estimators.Distributions;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Workers;

/// <summary>A family of a user's own, with the numbers of another one.</summary>
internal sealed class WrappedDistribution(IActionDistribution family) : IActionDistribution
{
    public int NetworkOutputs => family.NetworkOutputs;

    public IReadOnlyList<double> StateIndependentParameters => family.StateIndependentParameters;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => family.Sample(parameters, random, action);

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action) => family.Mode(parameters, action);

    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient) => family.LogProbability(parameters, action, gradient);

    public double Entropy(ReadOnlySpan<double> parameters) => family.Entropy(parameters);

    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => family.KullbackLeibler(oldParameters, newParameters);

    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product) => family.FisherProduct(parameters, vector, product);

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent) => family.Export(graph, networkOutput, stateIndependent);
}

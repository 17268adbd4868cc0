using Trpo.Estimators.Distributions;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Normal distributions whose graph has the action and its score, but not the deviations: actions can be neither drawn nor given a probability.</summary>
internal sealed class ScoreOnly(BoxActionSpace space) : IActionDistribution
{
    private readonly IActionDistribution _family = new CensoredGaussianDistribution(space, 0);

    public int NetworkOutputs => _family.NetworkOutputs;

    public IReadOnlyList<double> StateIndependentParameters => _family.StateIndependentParameters;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => _family.Sample(parameters, random, action);

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action) => _family.Mode(parameters, action);

    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient) => _family.LogProbability(parameters, action, gradient);

    public double Entropy(ReadOnlySpan<double> parameters) => _family.Entropy(parameters);

    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => _family.KullbackLeibler(oldParameters, newParameters);

    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product) => _family.FisherProduct(parameters, vector, product);

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        var (low, high) = (graph.Constant("low", space.Low.AsSpan(), space.Length), graph.Constant("high", space.High.AsSpan(), space.Length));
        graph.Node("Identity", PolicyValues.Score, [networkOutput]);
        graph.Node("Max", "above_low", [networkOutput, low]);
        graph.Node("Min", PolicyValues.Action, ["above_low", high]);
        graph.Output(PolicyValues.Action, space.Length, "The mean within the bounds of the actions.");
        graph.Output(PolicyValues.Score, space.Length, "The mean.");
    }
}

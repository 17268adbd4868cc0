using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>A choice among <c>n</c> actions. The parameters are logits, <c>p = softmax(logits)</c>; an action is its index.</summary>
internal sealed class CategoricalDistribution(DiscreteActionSpace space) : IActionDistribution
{
    public int NetworkOutputs => space.Count;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => action[0] = Softmax.Draw(parameters, random.NextDouble());

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action) => action[0] = Softmax.Mode(parameters);

    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient) =>
        Softmax.LogProbability(parameters, (int)action[0], gradient);

    public double Entropy(ReadOnlySpan<double> parameters) => Softmax.Entropy(parameters);

    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => Softmax.KullbackLeibler(oldParameters, newParameters);

    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product) => Softmax.FisherProduct(parameters, vector, product);

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        graph.Node("ArgMax", PolicyValues.Action, [networkOutput], ("axis", 1), ("keepdims", 0));
        graph.Node("Softmax", PolicyValues.Score, [networkOutput], ("axis", 1));
        graph.Node("Identity", "logits", [networkOutput]);
        graph.IndexOutput(PolicyValues.Action, "The most probable action, from 0. An observation with a NaN gives an arbitrary one.");
        graph.Output(PolicyValues.Score, space.Count, "The probability of each action.");
        graph.Output("logits", space.Count, "The logarithms of the probabilities, up to a constant.");
    }
}

using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A choice in each of <c>k</c> dimensions, independent of each other. The parameters are the logits of the first dimension's choices, then those
/// of the second, and so on; an action is the index in each.
/// </summary>
internal sealed class MultiDiscreteDistribution(MultiDiscreteActionSpace space) : IActionDistribution
{
    private readonly int[] _starts = [.. space.Counts.Select((_, dimension) => space.Counts.Take(dimension).Sum())];

    public int NetworkOutputs { get; } = space.Counts.Sum();

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Softmax.Draw(Logits(parameters, i), random.NextDouble());
    }

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Softmax.Mode(Logits(parameters, i));
    }

    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < _starts.Length; i++)
            sum += Softmax.LogProbability(Logits(parameters, i), (int)action[i], gradient.IsEmpty ? [] : gradient.Slice(_starts[i], space.Counts[i]));
        return sum;
    }

    public double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        for (var i = 0; i < _starts.Length; i++)
            sum += Softmax.Entropy(Logits(parameters, i));
        return sum;
    }

    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < _starts.Length; i++)
            sum += Softmax.KullbackLeibler(Logits(oldParameters, i), Logits(newParameters, i));
        return sum;
    }

    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < _starts.Length; i++)
            Softmax.FisherProduct(Logits(parameters, i), Logits(vector, i), product.Slice(_starts[i], space.Counts[i]));
    }

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        string[] Each(string what) => [.. Enumerable.Range(0, _starts.Length).Select(i => $"{what}_{i}")];
        var logits = Each("logits");
        graph.Node("Split", logits, [networkOutput], ("axis", 1), ("split", space.Counts.Select(count => (long)count).ToArray()));
        var (actions, scores) = (Each("action"), Each("score"));
        for (var i = 0; i < _starts.Length; i++)
        {
            graph.Node("ArgMax", actions[i], [logits[i]], ("axis", 1), ("keepdims", 1));
            graph.Node("Softmax", scores[i], [logits[i]], ("axis", 1));
        }

        graph.Node("Concat", PolicyValues.Action, actions, ("axis", 1));
        graph.Node("Concat", PolicyValues.Score, scores, ("axis", 1));
        graph.Node("Identity", "logits", [networkOutput]);
        graph.IndexOutput(PolicyValues.Action, "The most probable choice of each dimension, from 0. An observation with a NaN gives arbitrary ones.", space.Length);
        graph.Output(PolicyValues.Score, NetworkOutputs, "The probability of each choice of each dimension.");
        graph.Output("logits", NetworkOutputs, "The logarithms of the probabilities, up to a constant in each dimension.");
    }

    private ReadOnlySpan<double> Logits(ReadOnlySpan<double> parameters, int dimension) => parameters.Slice(_starts[dimension], space.Counts[dimension]);
}

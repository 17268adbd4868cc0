using Trpo.Estimators.Randomness;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Spaces;
using static TorchSharp.torch;

namespace Trpo.Estimators.Distributions;

/// <summary>A choice among <c>n</c> actions. The parameters are logits, <c>p = softmax(logits)</c>; an action is its index.</summary>
internal sealed class CategoricalDistribution(DiscreteActionSpace space) : IActionDistribution
{
    public int NetworkOutputs => space.Count;

    public IReadOnlyList<float> StateIndependentParameters => [];

    // Inverts the cumulative distribution; the largest logit is subtracted so that no exponential overflows.
    public void Sample(ReadOnlySpan<float> parameters, RandomSource random, Span<float> action)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in parameters)
            largest = Math.Max(largest, logit);
        var total = 0.0;
        foreach (var logit in parameters)
            total += Math.Exp(logit - largest);

        var remaining = random.NextDouble() * total;
        var choice = 0;
        for (; choice < parameters.Length - 1; choice++)
        {
            remaining -= Math.Exp(parameters[choice] - largest);
            if (remaining < 0)
                break;
        }

        action[0] = choice;
    }

    public Tensor LogProbability(Tensor parameters, Tensor actions) =>
        parameters.log_softmax(1).gather(1, actions.to(ScalarType.Int64)).squeeze(1);

    /// <summary><c>-sum p log p</c>.</summary>
    public Tensor Entropy(Tensor parameters)
    {
        var log = parameters.log_softmax(1);
        return (log.exp() * log).sum(dim: 1).neg();
    }

    /// <summary><c>sum p_old (log p_old - log p_new)</c>.</summary>
    public Tensor KullbackLeibler(Tensor oldParameters, Tensor newParameters)
    {
        var old = oldParameters.log_softmax(1);
        return (old.exp() * (old - newParameters.log_softmax(1))).sum(dim: 1);
    }

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

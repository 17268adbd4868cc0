using Trpo.Estimators.Randomness;
using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A family of distributions over actions. It has no state: a member of the family is a row of parameters, so that "the old
/// policy" is nothing but a saved tensor <c>[N, P]</c>. Actions are rows of <c>[N, k]</c>, with <c>k</c> the length of the action space.
/// </summary>
internal interface IActionDistribution
{
    /// <summary>How many of the <c>P</c> parameters the network computes from an observation; they come first.</summary>
    int NetworkOutputs { get; }

    /// <summary>The initial values of the parameters that do not depend on the observation; they come last.</summary>
    IReadOnlyList<float> StateIndependentParameters { get; }

    /// <summary>Draws an action from one row of parameters, <c>[P]</c>.</summary>
    void Sample(ReadOnlySpan<float> parameters, RandomSource random, Span<float> action);

    /// <summary>The logarithm of the probability (density) of each action, <c>[N]</c>.</summary>
    Tensor LogProbability(Tensor parameters, Tensor actions);

    /// <summary>The (differential) entropy in nats, <c>[N]</c>.</summary>
    Tensor Entropy(Tensor parameters);

    /// <summary>KL(old || new) in nats, summed over the dimensions of the action, <c>[N]</c>.</summary>
    Tensor KullbackLeibler(Tensor oldParameters, Tensor newParameters);

    /// <summary>Adds the deterministic action, the score and the parameters to the graph of an exported policy, as its outputs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="networkOutput">The network's output, <c>float[N, NetworkOutputs]</c>.</param>
    /// <param name="stateIndependent">The free parameters' values.</param>
    void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent);
}

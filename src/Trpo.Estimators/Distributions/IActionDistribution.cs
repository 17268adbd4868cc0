using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A family of distributions over actions. It has no state: a distribution is a row of parameters <c>[P]</c>, so that "the old policy" is a saved
/// array. An action is a row <c>[k]</c>, with <c>k</c> the length of the action space. Check a custom implementation with
/// <see cref="ActionDistributionCheck"/>.
/// </summary>
public interface IActionDistribution
{
    /// <summary>The number of the <c>P</c> parameters that the network computes from an observation; they come first.</summary>
    int NetworkOutputs { get; }

    /// <summary>The initial values of the parameters that do not depend on the observation; they come last. None by default.</summary>
    IReadOnlyList<double> StateIndependentParameters => [];

    /// <summary>
    /// The entropy, in nats, that <see cref="TrpoOptions.EntropyBonus"/> and <see cref="TrpoIteration.Entropy"/> count from: 0 by default. A family whose densities depend on units that callers
    /// choose, such as those of bounds, returns what these add, so that training does not depend on them.
    /// </summary>
    double EntropyOrigin => 0;

    /// <summary>
    /// True if <see cref="KullbackLeibler"/>, the Fisher matrix and <see cref="Entropy"/> are those of draws from which actions are computed, such as draws that are clipped to bounds. The divergence
    /// is then at least that of the actions (the data processing inequality), and a trust region of it is one of theirs. False by default, where draws are actions.
    /// </summary>
    bool DivergesAsDrawn => false;

    /// <summary>Draws an action.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="random">The only source of randomness.</param>
    /// <param name="action">Receives the action, <c>[k]</c>.</param>
    void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action);

    /// <summary>Computes the action of a deterministic policy. The graph of <see cref="Export"/> must compute the same.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="action">Receives the action, <c>[k]</c>.</param>
    void Mode(ReadOnlySpan<double> parameters, Span<float> action);

    /// <summary>Computes the logarithm of the probability (density) of an action, in nats, and its gradient.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="action"><c>[k]</c>.</param>
    /// <param name="gradient">Receives the derivatives by the parameters, <c>[P]</c>; empty if they are not needed.</param>
    double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient);

    /// <summary>Computes the mean of the log-probability of the draws that give an action, in nats: <see cref="LogProbability"/> unless <see cref="DivergesAsDrawn"/>. Its mean is minus the entropy.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="action"><c>[k]</c>.</param>
    double DrawLogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action) => LogProbability(parameters, action, []);

    /// <summary>Computes the (differential) entropy, in nats.</summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    double Entropy(ReadOnlySpan<double> parameters);

    /// <summary>Computes KL(old || new) in nats, summed over the dimensions of the action.</summary>
    /// <param name="oldParameters"><c>[P]</c>.</param>
    /// <param name="newParameters"><c>[P]</c>.</param>
    double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters);

    /// <summary>
    /// Multiplies a vector by the Fisher information matrix of the family at its parameters, which is the Hessian of KL(old || new)
    /// by the new parameters, at the old ones.
    /// </summary>
    /// <param name="parameters"><c>[P]</c>.</param>
    /// <param name="vector"><c>[P]</c>.</param>
    /// <param name="product">Receives the product, <c>[P]</c>.</param>
    void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product);

    /// <summary>Computes <see cref="FisherProduct"/> for a batch of rows. A family whose rows share work overrides it.</summary>
    /// <param name="parameters"><c>[N, P]</c>.</param>
    /// <param name="vectors"><c>[N, P]</c>.</param>
    /// <param name="products">Receives the products, <c>[N, P]</c>.</param>
    void FisherProducts(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vectors, Span<double> products)
    {
        var length = NetworkOutputs + StateIndependentParameters.Count;
        for (var start = 0; start < products.Length; start += length)
            FisherProduct(parameters.Slice(start, length), vectors.Slice(start, length), products.Slice(start, length));
    }

    /// <summary>
    /// Adds the deterministic action (<see cref="PolicyValues.Action"/>) and its score (<see cref="PolicyValues.Score"/>) to the graph of an exported
    /// policy, as its outputs, and the parameters behind them.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="networkOutput">The network's output, <c>float[N, NetworkOutputs]</c>.</param>
    /// <param name="stateIndependent">The values of the parameters that do not depend on the observation.</param>
    void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent);
}

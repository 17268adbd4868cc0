using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// A Bernoulli distribution for each of <c>k</c> switches, independent of each other. The parameters are logits, <c>p = 1 / (1 + exp(-logit))</c>; an
/// action has a 1 for each switch that is on.
/// </summary>
internal sealed class MultiBinaryDistribution(MultiBinaryActionSpace space) : IActionDistribution
{
    // ONNX's number for int64.
    private const long Int64 = 7;

    public int NetworkOutputs => space.Length;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = Bernoulli.Sample(Probability(parameters[i]), random);
    }

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < action.Length; i++)
            action[i] = parameters[i] > 0 ? 1 : 0;
    }

    /// <summary>Computes <c>sum (a log p + (1 - a) log(1 - p))</c>; its derivatives by the logits are <c>a - p</c>.</summary>
    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < parameters.Length; i++)
        {
            sum += LogProbability(action[i] == 1 ? parameters[i] : -parameters[i]);
            if (!gradient.IsEmpty)
                gradient[i] = action[i] - Probability(parameters[i]);
        }

        return sum;
    }

    /// <summary>Computes <c>-sum (p log p + (1 - p) log(1 - p))</c>.</summary>
    public double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        foreach (var logit in parameters)
            sum -= (Probability(logit) * LogProbability(logit)) + (Probability(-logit) * LogProbability(-logit));
        return sum;
    }

    /// <summary>Computes <c>sum (p_old log(p_old / p_new) + (1 - p_old) log((1 - p_old) / (1 - p_new)))</c>.</summary>
    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < oldParameters.Length; i++)
        {
            var (old, updated) = (oldParameters[i], newParameters[i]);
            sum += (Probability(old) * (LogProbability(old) - LogProbability(updated))) + (Probability(-old) * (LogProbability(-old) - LogProbability(-updated)));
        }

        return sum;
    }

    /// <summary>Computes <c>diag(p (1 - p)) v</c>.</summary>
    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < product.Length; i++)
            product[i] = Probability(parameters[i]) * Probability(-parameters[i]) * vector[i];
    }

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        graph.Node("Sigmoid", PolicyValues.Score, [networkOutput]);
        graph.Node("Greater", "is_on", [networkOutput, graph.Constant("even_odds", [0f])]);
        graph.Node("Cast", PolicyValues.Action, ["is_on"], ("to", Int64));
        graph.Node("Identity", "logits", [networkOutput]);
        graph.IndexOutput(PolicyValues.Action, "1 for each switch that is more probably on than off. An observation with a NaN gives arbitrary ones.", space.Length);
        graph.Output(PolicyValues.Score, space.Length, "The probability that each switch is on.");
        graph.Output("logits", space.Length, "The logarithms of the odds that each switch is on.");
    }

    private static double Probability(double logit) => 1 / (1 + Math.Exp(-logit));

    // log(1 / (1 + exp(-x))), with an exponential that does not overflow.
    private static double LogProbability(double logit) => Math.Min(logit, 0) - Math.Log(1 + Math.Exp(-Math.Abs(logit)));
}

using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Extending;

/// <summary>
/// A normal distribution for each dimension of a box, whose standard deviations depend on the observation, as the means do: the policy can explore widely in
/// some states and act precisely in others. The network computes the <c>k</c> means, then the logarithms of the <c>k</c> deviations.
/// </summary>
internal sealed class StateDependentGaussian(BoxActionSpace space) : IActionDistribution
{
    private static readonly double HalfLogTwoPi = Math.Log(2 * Math.PI) / 2;

    private readonly int _length = space.Length;

    public int NetworkOutputs => 2 * _length;

    public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
    {
        for (var i = 0; i < _length; i++)
            action[i] = (float)(parameters[i] + (Math.Exp(parameters[_length + i]) * random.NextGaussian()));
    }

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
    {
        for (var i = 0; i < _length; i++)
            action[i] = Math.Clamp((float)parameters[i], space.Low[i], space.High[i]);
    }

    public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < _length; i++)
        {
            var (mean, logDeviation) = (parameters[i], parameters[_length + i]);
            var z = (action[i] - mean) / Math.Exp(logDeviation);
            sum -= (z * z / 2) + logDeviation + HalfLogTwoPi;
            if (!gradient.IsEmpty)
                (gradient[i], gradient[_length + i]) = (z / Math.Exp(logDeviation), (z * z) - 1);
        }

        return sum;
    }

    public double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = _length * (HalfLogTwoPi + 0.5);
        foreach (var logDeviation in parameters[_length..])
            sum += logDeviation;
        return sum;
    }

    public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < _length; i++)
        {
            var logRatio = oldParameters[_length + i] - newParameters[_length + i];
            var shift = (oldParameters[i] - newParameters[i]) / Math.Exp(newParameters[_length + i]);
            sum += ((Math.Exp(2 * logRatio) + (shift * shift) - 1) / 2) - logRatio;
        }

        return sum;
    }

    // The matrix is diagonal: 1 / sigma^2 for a mean, 2 for the logarithm of a deviation.
    public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < _length; i++)
            (product[i], product[_length + i]) = (vector[i] * Math.Exp(-2 * parameters[_length + i]), 2 * vector[_length + i]);
    }

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
    {
        graph.Node("Split", [PolicyValues.Score, "log_deviation"], [networkOutput], ("axis", 1), ("split", new long[] { _length, _length }));
        var low = graph.Constant("low", space.Low.AsSpan(), _length);
        var high = graph.Constant("high", space.High.AsSpan(), _length);
        graph.Node("Min", PolicyValues.Action, [graph.Node("Max", "above_low", [PolicyValues.Score, low]), high]);
        graph.Output(PolicyValues.Action, _length, "The mean within the bounds of the actions.");
        graph.Output(PolicyValues.Score, _length, "The mean.");
        graph.Output("log_deviation", _length, "The logarithm of the standard deviation, here.");
    }
}

/// <summary>The check of the distribution, and the training of a policy with it that keeps the level of a tank.</summary>
internal static class CustomDistribution
{
    public static Outcome Run(int seed)
    {
        ActionDistributionCheck.Verify(new StateDependentGaussian(ActionSpace.Box([-1, -1], [1, 1])), ActionSpace.Box([-1, -1], [1, 1]));
        var training = new Training(() => new TimeLimit(new WaterTank(), WaterTank.EpisodeSteps), new TrpoOptions
        {
            TotalSteps = 60_000,
            Seed = seed,
            Distribution = arguments => new StateDependentGaussian((BoxActionSpace)arguments.Actions),
        });
        training.CompareExported();
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, WaterTank.GoodReturn);
    }
}

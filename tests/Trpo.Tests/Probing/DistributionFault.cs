using Trpo.Estimators.Distributions;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Probing;

/// <summary>A distribution with a fault around it.</summary>
internal class DistributionFault(IActionDistribution family) : IActionDistribution
{
    public int NetworkOutputs => family.NetworkOutputs;

    public IReadOnlyList<double> StateIndependentParameters => family.StateIndependentParameters;

    public bool DivergesAsDrawn => family.DivergesAsDrawn;

    public virtual void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => family.Sample(parameters, random, action);

    public void Mode(ReadOnlySpan<double> parameters, Span<float> action) => family.Mode(parameters, action);

    public virtual double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient) => family.LogProbability(parameters, action, gradient);

    public double DrawLogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action) => family.DrawLogProbability(parameters, action);

    public double Entropy(ReadOnlySpan<double> parameters) => family.Entropy(parameters);

    public virtual double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => family.KullbackLeibler(oldParameters, newParameters);

    public virtual void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product) => family.FisherProduct(parameters, vector, product);

    public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent) => family.Export(graph, networkOutput, stateIndependent);
}

/// <summary>The divergence of the old distribution from the new one.</summary>
internal sealed class ReversedDivergence(IActionDistribution family) : DistributionFault(family)
{
    public override double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => base.KullbackLeibler(newParameters, oldParameters);
}

/// <summary>The mean of the divergences of the dimensions in the place of their sum, with Fisher products that agree with it.</summary>
internal sealed class MeanDivergence(IActionDistribution family, int dimensions) : DistributionFault(family)
{
    public override double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => base.KullbackLeibler(oldParameters, newParameters) / dimensions;

    public override void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        base.FisherProduct(parameters, vector, product);
        foreach (ref var element in product)
            element /= dimensions;
    }
}

/// <summary>The gradient of the action that was asked about before.</summary>
internal sealed class LateGradient(IActionDistribution family) : DistributionFault(family)
{
    private double[] _before = [];

    public override double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        if (gradient.IsEmpty)
            return base.LogProbability(parameters, action, gradient);
        base.LogProbability(parameters, _before.Length == 0 ? action : _before, gradient);
        _before = [.. action];
        return base.LogProbability(parameters, action, []);
    }
}

/// <summary>The density of a normal distribution at the action after it was clipped to its bounds.</summary>
internal sealed class ClippedDensity(IActionDistribution family, BoxActionSpace space) : DistributionFault(family)
{
    public override double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        var dimensions = space.Length;
        for (var i = 0; i < dimensions; i++)
        {
            var (mean, logarithm) = (parameters[i], parameters[dimensions + i]);
            var unit = (Math.Clamp(action[i], space.Low[i], space.High[i]) - mean) * Math.Exp(-logarithm);
            sum -= (unit * unit / 2) + logarithm + (Math.Log(2 * Math.PI) / 2);
            if (gradient.IsEmpty)
                continue;
            gradient[i] = unit * Math.Exp(-logarithm);
            gradient[dimensions + i] = (unit * unit) - 1;
        }

        return sum;
    }
}

/// <summary>Draws that are the most probable action, always.</summary>
internal sealed class NoExploration(IActionDistribution family) : DistributionFault(family)
{
    public override void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => Mode(parameters, action);
}

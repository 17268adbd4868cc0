using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>
/// A normal distribution for each dimension, with the probability of the draw and not of the action that the environment makes of it. The gradient of a draw beyond a bound depends on how far beyond it
/// is, although all such draws are one action.
/// </summary>
/// <param name="space">The space of the actions.</param>
/// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations.</param>
internal sealed class DrawnGaussian(BoxActionSpace space, double initialLogStandardDeviation) : GaussianFamily(space, initialLogStandardDeviation)
{
    public override double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
            sum += LogDensity(parameters, action[i], i, gradient);
        return sum;
    }

    public override double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = EntropyOrigin;
        foreach (var logDeviation in parameters[Count..])
            sum += Gaussian.Entropy(logDeviation);
        return sum;
    }

    /// <summary>Computes <c>sum (log sigma_new - log sigma_old + (sigma_old^2 + (mean_old - mean_new)^2) / (2 sigma_new^2) - 1/2)</c>.</summary>
    public override double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var logRatio = oldParameters[Count + i] - newParameters[Count + i];
            var shift = (oldParameters[i] - newParameters[i]) * Math.Exp(-newParameters[Count + i]);
            sum += ((Math.Exp(2 * logRatio) + (shift * shift) - 1) / 2) - logRatio;
        }

        return sum;
    }

    /// <summary>Computes <c>diag(1 / sigma^2, 2) v</c>, for the means and for the logarithms of the deviations.</summary>
    public override void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < Count; i++)
        {
            product[i] = vector[i] * Math.Exp(-2 * parameters[Count + i]);
            product[Count + i] = 2 * vector[Count + i];
        }
    }
}

using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>
/// A normal distribution for each dimension whose draws are clipped to the bounds, as the library's, with the KL divergence and the Fisher matrix of the clipped actions in the place of those of the draws.
/// Both vanish where nearly all draws are beyond a bound. The log-probability is that of Fujita and Maeda, "Clipped action policy gradient" (2018).
/// </summary>
/// <param name="space">The space of the actions.</param>
/// <param name="initialLogStandardDeviation">The logarithm of the initial standard deviations.</param>
internal sealed class CensoredDivergence(BoxActionSpace space, double initialLogStandardDeviation) : GaussianFamily(space, initialLogStandardDeviation)
{
    private static readonly double HalfLogTwoPi = Math.Log(2 * Math.PI) / 2;

    /// <summary>Computes the log-density within the bounds, and at a bound the logarithm of the probability of all draws beyond it, divided by half the width of the bounds.</summary>
    public override double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var side = Side(action[i], i);
            if (side == 0)
            {
                sum += LogDensity(parameters, action[i], i, gradient);
                continue;
            }

            var inverse = Math.Exp(-parameters[Count + i]);
            var z = ((side * parameters[i]) - 1) * inverse;
            sum += Gaussian.LogCumulative(z) - LogHalfWidth(i);
            if (gradient.IsEmpty)
                continue;
            var slope = Gaussian.LogCumulativeSlope(z);
            gradient[i] = side * slope * inverse;
            gradient[Count + i] = -slope * z;
        }

        return sum;
    }

    public override double Entropy(ReadOnlySpan<double> parameters)
    {
        var sum = EntropyOrigin;
        for (var i = 0; i < Count; i++)
        {
            var normal = Between(parameters, i);
            sum += (normal.M0 * (parameters[Count + i] + HalfLogTwoPi)) + (normal.M2 / 2) - (normal.Below * normal.LogBelow) - (normal.Above * normal.LogAbove);
        }

        return sum;
    }

    /// <summary>
    /// Computes, for each dimension, <c>P log(P / Q)</c> of both bounds, and the integral of <c>p log(p / q)</c> within them: with <c>z_new = ratio z + shift</c>, that is
    /// <c>-m0 log(ratio) - m2 / 2 + (ratio^2 m2 + 2 ratio shift m1 + shift^2 m0) / 2</c>.
    /// </summary>
    public override double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
        {
            var (before, after) = (Between(oldParameters, i), Between(newParameters, i));
            var logRatio = oldParameters[Count + i] - newParameters[Count + i];
            var ratio = Math.Exp(logRatio);
            var shift = (oldParameters[i] - newParameters[i]) * Math.Exp(-newParameters[Count + i]);
            sum += (before.Below * (before.LogBelow - after.LogBelow)) + (before.Above * (before.LogAbove - after.LogAbove));
            sum += (((ratio * ratio * before.M2) + (2 * ratio * shift * before.M1) + (shift * shift * before.M0) - before.M2) / 2) - (before.M0 * logRatio);
        }

        return sum;
    }

    /// <summary>Computes the product with the mean of the squared gradient of the log-probability: the moments of <c>(z, z^2 - 1)</c> within the bounds, and the two bounds.</summary>
    public override void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
    {
        for (var i = 0; i < Count; i++)
        {
            var normal = Between(parameters, i);
            var inverse = Math.Exp(-parameters[Count + i]);
            var (low, high) = ((-1 - parameters[i]) * inverse, (1 - parameters[i]) * inverse);

            // The gradient at a bound is (1, limit) times the slope of the logarithm of its probability, with a sign that the squares lose.
            var (atLow, atHigh) = (Squared(normal.Below, low), Squared(normal.Above, -high));
            var means = normal.M2 + atLow + atHigh;
            var mixed = normal.M3 - normal.M1 + (atLow * low) + (atHigh * high);
            var deviations = normal.M4 - (2 * normal.M2) + normal.M0 + (atLow * low * low) + (atHigh * high * high);
            product[i] = (means * inverse * inverse * vector[i]) + (mixed * inverse * vector[Count + i]);
            product[Count + i] = (mixed * inverse * vector[i]) + (deviations * vector[Count + i]);
        }
    }

    private static double Squared(double probability, double z)
    {
        // The square of the slope overflows where the probability is 0.
        var slope = Gaussian.LogCumulativeSlope(z);
        return probability == 0 ? 0 : probability * slope * slope;
    }

    private BoundedNormal Between(ReadOnlySpan<double> parameters, int dimension)
    {
        var inverse = Math.Exp(-parameters[Count + dimension]);
        return new BoundedNormal((-1 - parameters[dimension]) * inverse, (1 - parameters[dimension]) * inverse);
    }
}

using Trpo.Runtime.Sampling;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>Quantiles of the standard normal distribution.</summary>
internal static class NormalQuantile
{
    /// <summary>Computes the value that a normal variable is below with a given probability: 1.96 for 0.975.</summary>
    /// <param name="probability">The probability, above 0 and below 1.</param>
    public static double Of(double probability)
    {
        // Next to 1, the probability of the other tail has digits that this one has not.
        if (probability > 0.5)
            return -Of(1 - probability);

        // The logarithm of the distribution function is concave and increasing, so that Newton's method approaches the root from below after its first step.
        var (value, target) = (0.0, Math.Log(probability));
        for (var i = 0; i < 100; i++)
        {
            var step = (target - Gaussian.LogCumulative(value)) / Gaussian.LogCumulativeSlope(value);
            value += step;
            if (Math.Abs(step) <= 1e-15 * Math.Max(1, Math.Abs(value)))
                break;
        }

        return value;
    }
}

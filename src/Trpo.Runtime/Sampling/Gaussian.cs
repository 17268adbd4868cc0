using Trpo.Runtime.Randomness;

namespace Trpo.Runtime.Sampling;

/// <summary>The normal distribution of one number, with the logarithm of its standard deviation as a parameter.</summary>
public static class Gaussian
{
    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);
    private static readonly double Sqrt2 = Math.Sqrt(2);
    private static readonly double SqrtTwoOverPi = Math.Sqrt(2 / Math.PI);

    /// <summary>Draws <c>mean + sigma e</c> with <c>e</c> of the standard normal distribution.</summary>
    /// <param name="mean">The mean.</param>
    /// <param name="logStandardDeviation"><c>log sigma</c>.</param>
    /// <param name="random">The only source of randomness.</param>
    public static double Sample(double mean, double logStandardDeviation, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return mean + (Math.Exp(logStandardDeviation) * random.NextGaussian());
    }

    /// <summary>Computes the logarithm of the density, <c>-(z^2 / 2 + log sigma + log(2 pi) / 2)</c>, in nats.</summary>
    /// <param name="standardized"><c>z = (value - mean) / sigma</c>.</param>
    /// <param name="logStandardDeviation"><c>log sigma</c>.</param>
    public static double LogDensity(double standardized, double logStandardDeviation) =>
        -((standardized * standardized / 2) + logStandardDeviation + (LogTwoPi / 2));

    /// <summary>Computes the logarithm of the probability of a value below a limit, <c>log Phi(z)</c>, in nats, without loss of digits in the tails.</summary>
    /// <param name="standardized"><c>z = (limit - mean) / sigma</c>.</param>
    public static double LogCumulative(double standardized) => standardized < 0
        ? Math.Log(ErrorFunction.ScaledComplement(-standardized / Sqrt2) / 2) - (standardized * standardized / 2)
        : LogComplement(ErrorFunction.Complement(standardized / Sqrt2) / 2);

    /// <summary>Computes the derivative of <see cref="LogCumulative"/>, the inverse Mills ratio <c>phi(z) / Phi(z)</c>.</summary>
    /// <param name="standardized"><c>z = (limit - mean) / sigma</c>.</param>
    public static double LogCumulativeSlope(double standardized) => standardized < 0
        ? SqrtTwoOverPi / ErrorFunction.ScaledComplement(-standardized / Sqrt2)
        : Math.Exp(-standardized * standardized / 2) * SqrtTwoOverPi / (2 - ErrorFunction.Complement(standardized / Sqrt2));

    /// <summary>Computes the differential entropy, <c>log sigma + (1 + log(2 pi)) / 2</c>, in nats.</summary>
    /// <param name="logStandardDeviation"><c>log sigma</c>.</param>
    public static double Entropy(double logStandardDeviation) => logStandardDeviation + ((1 + LogTwoPi) / 2);

    // log(1 - p): by its series where the subtraction would lose the digits of p.
    private static double LogComplement(double p) => p < 1e-5 ? -(p + (p * p / 2) + (p * p * p / 3)) : Math.Log(1 - p);
}

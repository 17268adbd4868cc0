using Trpo.Runtime.Sampling;

namespace Trpo.Results.Families;

/// <summary>The standard normal distribution between two limits: the probabilities beyond them, and the partial moments <c>m_n</c>, the integrals of <c>z^n phi(z)</c> between them.</summary>
internal readonly struct BoundedNormal
{
    /// <param name="low">The low limit.</param>
    /// <param name="high">The high limit, above the low one.</param>
    public BoundedNormal(double low, double high)
    {
        (LogBelow, LogAbove) = (Gaussian.LogCumulative(low), Gaussian.LogCumulative(-high));
        var (atLow, atHigh) = (Math.Exp(Gaussian.LogDensity(low, 0)), Math.Exp(Gaussian.LogDensity(high, 0)));
        Below = Math.Exp(LogBelow);
        Above = Math.Exp(LogAbove);

        // By parts: m_n = (n - 1) m_(n - 2) + low^(n - 1) phi(low) - high^(n - 1) phi(high).
        M0 = Math.Max(1 - Below - Above, 0);
        M1 = atLow - atHigh;
        M2 = M0 + (low * atLow) - (high * atHigh);
        M3 = (2 * M1) + (low * low * atLow) - (high * high * atHigh);
        M4 = (3 * M2) + (low * low * low * atLow) - (high * high * high * atHigh);
    }

    /// <summary>The logarithm of <see cref="Below"/>, exact where that is 0.</summary>
    public double LogBelow { get; }

    /// <summary>The logarithm of <see cref="Above"/>, exact where that is 0.</summary>
    public double LogAbove { get; }

    /// <summary>The probability below the low limit.</summary>
    public double Below { get; }

    /// <summary>The probability above the high limit.</summary>
    public double Above { get; }

    /// <summary>The probability between the limits.</summary>
    public double M0 { get; }

    /// <summary>The first partial moment.</summary>
    public double M1 { get; }

    /// <summary>The second partial moment.</summary>
    public double M2 { get; }

    /// <summary>The third partial moment.</summary>
    public double M3 { get; }

    /// <summary>The fourth partial moment.</summary>
    public double M4 { get; }
}

namespace Trpo.Results.Families;

/// <summary>The trigamma function, the second derivative of the logarithm of the gamma function, which the library of the other special functions lacks.</summary>
internal static class Trigamma
{
    // Above it, the first term that is left out of the series is below 1e-15 of the result.
    private const double Large = 12;

    /// <summary>Computes the function by <c>t(x) = t(x + 1) + 1 / x^2</c> and the asymptotic series (Abramowitz and Stegun, 6.4.6 and 6.4.12).</summary>
    /// <param name="x">Above 0.</param>
    public static double Of(double x)
    {
        var sum = 0.0;
        for (; x < Large; x++)
            sum += 1 / (x * x);
        var square = 1 / (x * x);
        return sum + (1 / x) + (square / 2) + (square / x * ((1.0 / 6) - (square * ((1.0 / 30) - (square * ((1.0 / 42) - (square * ((1.0 / 30) - (square * 5 / 66)))))))));
    }
}

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>Quantiles of Student's t distribution.</summary>
internal static class StudentQuantile
{
    /// <summary>
    /// Computes the value that a variable of Student's t distribution is below with a given probability: 2.23 for 0.975 and 10 degrees of freedom. By the expansion around the normal quantile of Abramowitz and Stegun (1964), 26.7.5, which
    /// is right to 1 % from 2 degrees of freedom and 95 % in the middle, and less exact further out.
    /// </summary>
    /// <param name="probability">The probability, above 0 and below 1.</param>
    /// <param name="freedom">The degrees of freedom, at least 1; infinity for the normal distribution.</param>
    public static double Of(double probability, double freedom)
    {
        var z = NormalQuantile.Of(probability);
        var square = z * z;
        var first = (square + 1) / 4;
        var second = (((5 * square) + 16) * square + 3) / 96;
        var third = ((((3 * square) + 19) * square + 17) * square - 15) / 384;
        var fourth = (((((79 * square) + 776) * square + 1482) * square - 1920) * square - 945) / 92160;
        return z * (1 + ((first + ((second + ((third + (fourth / freedom)) / freedom)) / freedom)) / freedom));
    }
}

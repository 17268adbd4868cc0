using System.Numerics.Tensors;

namespace Trpo.Estimators.Estimation;

/// <summary>The count, the mean and the sum of squared deviations of a sample, which merge with those of another sample.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">The mean.</param>
/// <param name="SquaredDeviations">The sum of <c>(value - mean)^2</c>, "M2".</param>
internal readonly record struct Moments(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>The population variance, <c>M2 / count</c>.</summary>
    public double Variance => SquaredDeviations / Count;

    /// <summary>True if the values differ by more than their rounding errors, as far as the deviation tells.</summary>
    /// <param name="rounding">The bound of the rounding error of a value, 0 or more.</param>
    public bool Varies(double rounding) => Variance > rounding * rounding;

    /// <summary>Computes the mean of values, at least one. The mean of equal values is their value, bit for bit.</summary>
    public static double MeanOf(ReadOnlySpan<double> values) =>
        TensorPrimitives.Max(values) == TensorPrimitives.Min(values) ? values[0] : TensorPrimitives.Sum(values) / values.Length;

    /// <summary>Computes the moments of values.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        var mean = MeanOf(values);
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new Moments(values.Length, mean, squares);
    }

    /// <summary>Merges the moments of two samples (Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979), equation 2.1).</summary>
    public static Moments Merge(Moments left, Moments right)
    {
        var count = left.Count + right.Count;
        var difference = right.Mean - left.Mean;
        var share = (double)right.Count / count;
        return new Moments(count, left.Mean + (difference * share), left.SquaredDeviations + right.SquaredDeviations + (difference * difference * left.Count * share));
    }

    /// <summary>
    /// Computes the share of the variance of value targets that the values explain, <c>1 - Var(target - value) / Var(target)</c>: 1 is perfect, 0 no better than
    /// a constant.
    /// </summary>
    /// <param name="residuals">The moments of <c>target - value</c>.</param>
    /// <param name="targets">The moments of the targets.</param>
    /// <param name="rounding">The bound of the rounding error of a target, 0 or more.</param>
    /// <returns>The share; NaN where the targets do not vary.</returns>
    public static double ExplainedVariance(Moments residuals, Moments targets, double rounding = 0) =>
        !targets.Varies(rounding) ? double.NaN : 1 - (residuals.Variance / targets.Variance);
}

using System.Numerics.Tensors;
using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The mean of the terms of an estimator, with its standard error.</summary>
/// <param name="Value">The mean.</param>
/// <param name="StandardError">The sample's standard deviation (the squares divided by N - 1) over the root of N.</param>
internal readonly record struct MeanOfTerms(double Value, double StandardError)
{
    /// <summary>
    /// The degrees of freedom of the chi-squared distribution that varies as the squared standard error does, relative to its mean: N for normal terms, fewer where few terms make up most of it
    /// (Box, "Non-normality and tests on variances" (1953): 2 / (kurtosis - 1) of N). At most N - 1; NaN where terms do not vary.
    /// </summary>
    public double DegreesOfFreedom { get; init; } = double.PositiveInfinity;

    /// <summary>Computes the mean of terms.</summary>
    /// <param name="terms">The terms, at least two.</param>
    public static MeanOfTerms Of(ReadOnlySpan<double> terms)
    {
        var moments = Moments.Of(terms);
        return new MeanOfTerms(moments.Mean, Math.Sqrt(moments.SquaredDeviations / (terms.Length - 1) / terms.Length));
    }

    /// <summary>Computes the mean of the differences between the terms of two policies in the same rows: the gain of one over the other, paired, which varies less than the difference of two means.</summary>
    /// <param name="terms">The terms.</param>
    /// <param name="others">The terms of the other policy, as many: the rewards themselves for the one that wrote the log.</param>
    public static MeanOfTerms Gain(ReadOnlySpan<double> terms, ReadOnlySpan<double> others)
    {
        var differences = new double[terms.Length];
        TensorPrimitives.Subtract(terms, others, differences);
        var mean = Of(differences);
        return mean with { DegreesOfFreedom = FreedomOf(differences, mean) };
    }

    private static double FreedomOf(double[] terms, MeanOfTerms mean)
    {
        // Deviations in units of their own, whose fourth powers are numbers at any scale of rewards.
        var deviation = mean.StandardError * Math.Sqrt(terms.Length);
        var (squares, fourths) = (0.0, 0.0);
        foreach (var term in terms)
        {
            var square = Math.Pow((term - mean.Value) / deviation, 2);
            (squares, fourths) = (squares + square, fourths + (square * square));
        }

        // Rounding can leave a kurtosis below 1, its minimum.
        var kurtosis = terms.Length * fourths / (squares * squares);
        var max = terms.Length - 1.0;
        return 2 * terms.Length / Math.Max(kurtosis - 1, 2 * terms.Length / max);
    }
}

using System.Numerics.Tensors;
using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The mean of the terms of an estimator, with its standard error.</summary>
/// <param name="Value">The mean.</param>
/// <param name="StandardError">The sample's standard deviation (the squares divided by N - 1) over the root of N.</param>
internal readonly record struct MeanOfTerms(double Value, double StandardError)
{
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
        return Of(differences);
    }
}

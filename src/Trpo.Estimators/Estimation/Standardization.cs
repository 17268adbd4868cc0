using System.Numerics.Tensors;

namespace Trpo.Estimators.Estimation;

/// <summary>
/// The shift and scale that give advantages mean 0 and standard deviation 1, so that one step size fits rewards of any scale. It is measured on a
/// sample and merges with that of another sample. Deviations are divided by the largest one before they are squared, because its square could overflow.
/// </summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">The mean.</param>
/// <param name="MaxDeviation">The largest absolute deviation from the mean, or a bound of it where samples were merged.</param>
/// <param name="SquaredShares">The sum of <c>((value - mean) / MaxDeviation)^2</c>; 0 where there is no deviation.</param>
/// <param name="Rounding">The bound of the rounding error of a value.</param>
internal readonly record struct Standardization(long Count, double Mean, double MaxDeviation, double SquaredShares, double Rounding)
{
    /// <summary>Measures values; the values are not changed.</summary>
    /// <param name="values">The values.</param>
    /// <param name="rounding">The bound of the rounding error of a value, 0 or more: values that differ by no more are equal.</param>
    public static Standardization Of(ReadOnlySpan<double> values, double rounding = 0)
    {
        if (values.IsEmpty)
            return default;
        var mean = Moments.MeanOf(values);
        var deviations = new double[values.Length];
        TensorPrimitives.Subtract(values, mean, deviations);
        var max = Math.Abs(TensorPrimitives.MaxMagnitude<double>(deviations));
        if (max == 0)
            return new Standardization(values.Length, mean, 0, 0, rounding);
        TensorPrimitives.Divide(deviations, max, deviations);
        return new Standardization(values.Length, mean, max, TensorPrimitives.SumOfSquares<double>(deviations), rounding);
    }

    /// <summary>Merges two samples.</summary>
    public static Standardization Merge(Standardization left, Standardization right)
    {
        if (left.Count == 0 || right.Count == 0)
            return left.Count == 0 ? right : left;
        var count = left.Count + right.Count;
        var difference = right.Mean - left.Mean;
        var share = (double)right.Count / count;
        var mean = left.Mean + (difference * share);
        var max = Math.Max(left.MaxDeviation + Math.Abs(left.Mean - mean), right.MaxDeviation + Math.Abs(right.Mean - mean));
        var rounding = Math.Max(left.Rounding, right.Rounding);
        if (max == 0)
            return new Standardization(count, mean, 0, 0, rounding);
        var (leftShare, rightShare, between) = (left.MaxDeviation / max, right.MaxDeviation / max, difference / max);
        return new Standardization(count, mean, max, (left.SquaredShares * leftShare * leftShare) + (right.SquaredShares * rightShare * rightShare) + (between * between * left.Count * share), rounding);
    }

    /// <summary>Standardizes values in place; values that are equal up to rounding become zeros.</summary>
    public void Apply(Span<double> values)
    {
        if (MaxDeviation <= Rounding)
        {
            values.Clear();
            return;
        }

        TensorPrimitives.Subtract(values, Mean, values);
        TensorPrimitives.Divide(values, MaxDeviation, values);
        TensorPrimitives.Divide(values, Math.Sqrt(SquaredShares / Count), values);
    }
}

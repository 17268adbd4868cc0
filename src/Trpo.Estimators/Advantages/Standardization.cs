using System.Numerics.Tensors;

namespace Trpo.Estimators.Advantages;

/// <summary>Advantages of mean 0 and standard deviation 1 make one step size fit rewards of any scale.</summary>
internal static class Standardization
{
    // Deviations from the mean that are this small beside it are what rounding made of equal values.
    private const double RoundingShare = 1e-12;

    /// <summary>Shifts and scales the values in place; values that are all the same (to rounding) become zeros.</summary>
    public static void Apply(Span<double> values)
    {
        if (values.IsEmpty)
            return;
        var mean = TensorPrimitives.Sum<double>(values) / values.Length;
        TensorPrimitives.Subtract(values, mean, values);

        // Scaled by the largest first, whose square may be no number.
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(values));
        if (largest <= RoundingShare * Math.Abs(mean))
        {
            values.Clear();
            return;
        }

        TensorPrimitives.Divide(values, largest, values);
        TensorPrimitives.Divide(values, Math.Sqrt(TensorPrimitives.SumOfSquares<double>(values) / values.Length), values);
    }
}

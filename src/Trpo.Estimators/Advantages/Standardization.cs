using System.Numerics.Tensors;

namespace Trpo.Estimators.Advantages;

/// <summary>Advantages of mean 0 and standard deviation 1 make one step size fit rewards of any scale.</summary>
internal static class Standardization
{
    /// <summary>Shifts and scales the values in place; values that are all the same (to rounding) become zeros.</summary>
    public static void Apply(Span<double> values)
    {
        if (values.IsEmpty)
            return;
        var mean = TensorPrimitives.Sum<double>(values) / values.Length;
        TensorPrimitives.Subtract(values, mean, values);
        var deviation = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(values) / values.Length);
        if (deviation <= 1e-12 * Math.Max(1, Math.Abs(mean)))
            values.Clear();
        else
            TensorPrimitives.Divide(values, deviation, values);
    }
}

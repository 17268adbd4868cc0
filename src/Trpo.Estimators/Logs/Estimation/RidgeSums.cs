using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The sums over rows that a ridge regression needs, <c>sum x x'</c> and <c>sum x r</c>, which add up over groups of rows. The first feature is the constant 1.</summary>
/// <param name="length">The number of features with the constant, at least 1.</param>
internal sealed class RidgeSums(int length)
{
    // The lower triangle in rows.
    private readonly double[] _products = new double[length * (length + 1) / 2];
    private readonly double[] _targets = new double[length];

    /// <summary>Adds a row.</summary>
    /// <param name="features">The features, the first of them 1.</param>
    /// <param name="target">The target.</param>
    public void Add(ReadOnlySpan<double> features, double target)
    {
        for (var i = 0; i < length; i++)
        {
            var row = Row(_products, i);
            TensorPrimitives.MultiplyAdd(features[..(i + 1)], features[i], row, row);
        }

        TensorPrimitives.MultiplyAdd(features, target, _targets, _targets);
    }

    /// <summary>Adds the sums of other rows.</summary>
    public void Add(RidgeSums other)
    {
        TensorPrimitives.Add<double>(_products, other._products, _products);
        TensorPrimitives.Add<double>(_targets, other._targets, _targets);
    }

    /// <summary>Computes the coefficients <c>(sum x x' + penalty I)^-1 sum x (r - center)</c> by a Cholesky decomposition.</summary>
    /// <param name="penalty">The penalty of the squared coefficients, above 0; also of the constant, so that few rows stay near the center.</param>
    /// <param name="center">The value that is predicted without rows.</param>
    public double[] Solve(double penalty, double center)
    {
        var (factor, solution) = ((double[])_products.Clone(), new double[length]);
        for (var i = 0; i < length; i++)
        {
            // The products with the constant are the sums of the features.
            solution[i] = _targets[i] - (center * Row(_products, i)[0]);
            var row = Row(factor, i);
            row[i] += penalty;
            for (var j = 0; j <= i; j++)
            {
                var rest = row[j] - TensorPrimitives.Dot<double>(row[..j], Row(factor, j)[..j]);
                row[j] = j == i ? Math.Sqrt(rest) : rest / Row(factor, j)[j];
            }

            solution[i] = (solution[i] - TensorPrimitives.Dot<double>(row[..i], solution.AsSpan(0, i))) / row[i];
        }

        for (var i = length - 1; i >= 0; i--)
        {
            var row = Row(factor, i);
            solution[i] /= row[i];
            TensorPrimitives.MultiplyAdd(row[..i], -solution[i], solution.AsSpan(0, i), solution.AsSpan(0, i));
        }

        return solution;
    }

    private static Span<double> Row(double[] triangle, int index) => triangle.AsSpan(index * (index + 1) / 2, index + 1);
}

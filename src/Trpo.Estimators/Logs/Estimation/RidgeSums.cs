using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The sums over rows that a ridge regression needs, <c>sum x x'</c> and <c>sum x r</c>, which add up over groups of rows. The first feature is the constant 1.</summary>
/// <param name="length">The number of features with the constant, at least 1.</param>
/// <param name="targets">The number of targets of each row, at least 1; their regressions share the products of the features.</param>
internal sealed class RidgeSums(int length, int targets = 1)
{
    // The lower triangle in rows.
    private readonly double[] _products = new double[length * (length + 1) / 2];
    private readonly double[] _targets = new double[length * targets];

    /// <summary>Adds a row.</summary>
    /// <param name="features">The features, the first of them 1.</param>
    /// <param name="values">The value of each target.</param>
    public void Add(ReadOnlySpan<double> features, params ReadOnlySpan<double> values)
    {
        for (var i = 0; i < length; i++)
        {
            var row = Row(_products, i);
            TensorPrimitives.MultiplyAdd(features[..(i + 1)], features[i], row, row);
        }

        for (var target = 0; target < targets; target++)
            TensorPrimitives.MultiplyAdd(features, values[target], Sums(target), Sums(target));
    }

    /// <summary>Adds the sums of other rows.</summary>
    public void Add(RidgeSums other)
    {
        TensorPrimitives.Add<double>(_products, other._products, _products);
        TensorPrimitives.Add<double>(_targets, other._targets, _targets);
    }

    /// <summary>Computes the coefficients <c>(sum x x' + penalty I)^-1 sum x (r - center)</c> of a single target by a Cholesky decomposition.</summary>
    /// <param name="penalty">The penalty of the squared coefficients, above 0; also of the constant, so that few rows stay near the center.</param>
    /// <param name="center">The value that is predicted without rows.</param>
    public double[] Solve(double penalty, double center) => Solve(penalty, [center])[0];

    /// <summary>Computes the coefficients of each target by one Cholesky decomposition.</summary>
    /// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
    /// <param name="centers">The value of each target that is predicted without rows.</param>
    public double[][] Solve(double penalty, ReadOnlySpan<double> centers)
    {
        var (factor, solutions) = (Factor(penalty), new double[targets][]);
        for (var target = 0; target < targets; target++)
            solutions[target] = Substitute(factor, Sums(target), centers[target]);
        return solutions;
    }

    private double[] Factor(double penalty)
    {
        var factor = (double[])_products.Clone();
        for (var i = 0; i < length; i++)
        {
            var row = Row(factor, i);
            row[i] += penalty;
            for (var j = 0; j <= i; j++)
            {
                var remainder = row[j] - TensorPrimitives.Dot<double>(row[..j], Row(factor, j)[..j]);
                row[j] = j == i ? Math.Sqrt(remainder) : remainder / Row(factor, j)[j];
            }
        }

        return factor;
    }

    private double[] Substitute(double[] factor, ReadOnlySpan<double> sums, double center)
    {
        var solution = new double[length];
        for (var i = 0; i < length; i++)
        {
            // The products with the constant are the sums of the features.
            var row = Row(factor, i);
            solution[i] = sums[i] - (center * Row(_products, i)[0]);
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

    private Span<double> Sums(int target) => _targets.AsSpan(target * length, length);

    private static Span<double> Row(double[] triangle, int index) => triangle.AsSpan(index * (index + 1) / 2, index + 1);
}

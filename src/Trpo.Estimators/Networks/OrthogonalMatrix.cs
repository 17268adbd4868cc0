using System.Numerics.Tensors;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Networks;

/// <summary>Random orthogonal matrices, the initial weights of layers.</summary>
internal static class OrthogonalMatrix
{
    /// <summary>Draws a row-major matrix whose rows (or columns, if there are fewer of them) are orthogonal and have the length <paramref name="gain"/>.</summary>
    public static float[] Create(int rows, int columns, double gain, RandomSource random)
    {
        var transposed = rows > columns;
        var vectors = OrthonormalVectors(Math.Min(rows, columns), Math.Max(rows, columns), random);
        var matrix = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                matrix[(row * columns) + column] = (float)(gain * (transposed ? vectors[column][row] : vectors[row][column]));
        }

        return matrix;
    }

    private static double[][] OrthonormalVectors(int count, int length, RandomSource random)
    {
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors[i] = new double[length];
            for (var j = 0; j < length; j++)
                vector[j] = random.NextGaussian();

            // The Gram-Schmidt process runs twice, because one pass leaves rounding errors.
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < i; k++)
                    TensorPrimitives.MultiplyAdd(vectors[k], -TensorPrimitives.Dot<double>(vectors[k], vector), vector, vector);
                TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
            }
        }

        return vectors;
    }
}

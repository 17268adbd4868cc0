using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// Matrix products <c>C = D + A B</c> in tiles of four rows by four vectors where the processor has 32 registers, by two elsewhere and at the edge. The sums of a tile stay in registers; eight are
/// enough to hide the latency of a multiply-add, and sixteen need half as many loads for each. Each element is summed in the same order in all tiles. Callers pad their matrices so that all tiles are complete.
/// </summary>
internal static unsafe class MatrixKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>The number of rows of a tile.</summary>
    public const int TileRows = 4;

    /// <summary>Computes <c>C = D + A B</c>.</summary>
    /// <param name="rows">The rows of A, C and D, a multiple of <see cref="TileRows"/>.</param>
    /// <param name="columns">The columns of B, C and D, a multiple of the vector length.</param>
    /// <param name="inner">The columns of A, which are the rows of B.</param>
    /// <param name="a">A.</param>
    /// <param name="aRow">The distance between the rows of A; 1 for a transposed matrix.</param>
    /// <param name="aColumn">The distance between the columns of A; 1 unless it is transposed.</param>
    /// <param name="b">B, row by row.</param>
    /// <param name="bRow">The distance between the rows of B.</param>
    /// <param name="d">D, row by row; C itself to add to it.</param>
    /// <param name="dRow">The distance between the rows of D; 0 to add one row to all.</param>
    /// <param name="c">C, row by row.</param>
    /// <param name="cRow">The distance between the rows of C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(int rows, int columns, int inner, float* a, nint aRow, nint aColumn, float* b, nint bRow, float* d, nint dRow, float* c, nint cRow)
    {
        var column = 0;
        for (; TSimd.RegisterCount >= 32 && column + (4 * TSimd.Count) <= columns; column += 4 * TSimd.Count)
        {
            for (var row = 0; row < rows; row += TileRows)
                Tile4x4(inner, a + (row * aRow), aRow, aColumn, b + column, bRow, d + (row * dRow) + column, dRow, c + (row * cRow) + column, cRow);
        }

        for (; column + (2 * TSimd.Count) <= columns; column += 2 * TSimd.Count)
        {
            for (var row = 0; row < rows; row += TileRows)
                Tile4x2(inner, a + (row * aRow), aRow, aColumn, b + column, bRow, d + (row * dRow) + column, dRow, c + (row * cRow) + column, cRow);
        }

        if (column < columns)
        {
            for (var row = 0; row < rows; row += TileRows)
                Tile4x1(inner, a + (row * aRow), aRow, aColumn, b + column, bRow, d + (row * dRow) + column, dRow, c + (row * cRow) + column, cRow);
        }
    }

    /// <summary>Computes <c>C = D + A W^T</c> for a W of few rows by dot products. The rows of C are one vector long; elements after its columns are zero.</summary>
    /// <param name="rows">The rows of A, C and D, a multiple of <see cref="TileRows"/>.</param>
    /// <param name="columns">The columns of C and D, which are the rows of W.</param>
    /// <param name="inner">The columns of A and W, a multiple of the vector length, and the distance between the rows of both.</param>
    /// <param name="a">A, row by row.</param>
    /// <param name="w">W, row by row.</param>
    /// <param name="d">D, row by row; C itself to add to it.</param>
    /// <param name="dRow">The distance between the rows of D; 0 to add one row to all.</param>
    /// <param name="c">C, row by row.</param>
    /// <param name="cRow">The distance between the rows of C.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DotProducts(int rows, int columns, int inner, float* a, float* w, float* d, nint dRow, float* c, nint cRow)
    {
        // Padding is multiplied by zero later, which must not give NaN.
        if (d != c)
        {
            for (var row = 0; row < rows; row++)
                TSimd.Store(TSimd.Create(0), c + (row * cRow));
        }

        for (var row = 0; row < rows; row += TileRows, a += TileRows * (nint)inner, c += TileRows * cRow, d += TileRows * dRow)
        {
            for (var column = 0; column < columns; column++)
            {
                TVector s0 = TSimd.Create(0), s1 = s0, s2 = s0, s3 = s0;
                for (var k = 0; k < inner; k += TSimd.Count)
                {
                    var factor = TSimd.Load(w + ((nint)column * inner) + k);
                    s0 = TSimd.MultiplyAdd(TSimd.Load(a + k), factor, s0);
                    s1 = TSimd.MultiplyAdd(TSimd.Load(a + inner + k), factor, s1);
                    s2 = TSimd.MultiplyAdd(TSimd.Load(a + (2 * inner) + k), factor, s2);
                    s3 = TSimd.MultiplyAdd(TSimd.Load(a + (3 * inner) + k), factor, s3);
                }

                c[column] = d[column] + TSimd.Sum(s0);
                c[cRow + column] = d[dRow + column] + TSimd.Sum(s1);
                c[(2 * cRow) + column] = d[(2 * dRow) + column] + TSimd.Sum(s2);
                c[(3 * cRow) + column] = d[(3 * dRow) + column] + TSimd.Sum(s3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x4(int inner, float* a, nint aRow, nint aColumn, float* b, nint bRow, float* d, nint dRow, float* c, nint cRow)
    {
        var vector = TSimd.Count;
        TVector c00 = TSimd.Load(d), c01 = TSimd.Load(d + vector), c02 = TSimd.Load(d + (2 * vector)), c03 = TSimd.Load(d + (3 * vector));
        TVector c10 = TSimd.Load(d + dRow), c11 = TSimd.Load(d + dRow + vector), c12 = TSimd.Load(d + dRow + (2 * vector)), c13 = TSimd.Load(d + dRow + (3 * vector));
        TVector c20 = TSimd.Load(d + (2 * dRow)), c21 = TSimd.Load(d + (2 * dRow) + vector), c22 = TSimd.Load(d + (2 * dRow) + (2 * vector)), c23 = TSimd.Load(d + (2 * dRow) + (3 * vector));
        TVector c30 = TSimd.Load(d + (3 * dRow)), c31 = TSimd.Load(d + (3 * dRow) + vector), c32 = TSimd.Load(d + (3 * dRow) + (2 * vector)), c33 = TSimd.Load(d + (3 * dRow) + (3 * vector));
        for (var k = 0; k < inner; k++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + vector), b2 = TSimd.Load(b + (2 * vector)), b3 = TSimd.Load(b + (3 * vector));
            var factor = TSimd.Create(a[0]);
            c00 = TSimd.MultiplyAdd(factor, b0, c00);
            c01 = TSimd.MultiplyAdd(factor, b1, c01);
            c02 = TSimd.MultiplyAdd(factor, b2, c02);
            c03 = TSimd.MultiplyAdd(factor, b3, c03);
            factor = TSimd.Create(a[aRow]);
            c10 = TSimd.MultiplyAdd(factor, b0, c10);
            c11 = TSimd.MultiplyAdd(factor, b1, c11);
            c12 = TSimd.MultiplyAdd(factor, b2, c12);
            c13 = TSimd.MultiplyAdd(factor, b3, c13);
            factor = TSimd.Create(a[2 * aRow]);
            c20 = TSimd.MultiplyAdd(factor, b0, c20);
            c21 = TSimd.MultiplyAdd(factor, b1, c21);
            c22 = TSimd.MultiplyAdd(factor, b2, c22);
            c23 = TSimd.MultiplyAdd(factor, b3, c23);
            factor = TSimd.Create(a[3 * aRow]);
            c30 = TSimd.MultiplyAdd(factor, b0, c30);
            c31 = TSimd.MultiplyAdd(factor, b1, c31);
            c32 = TSimd.MultiplyAdd(factor, b2, c32);
            c33 = TSimd.MultiplyAdd(factor, b3, c33);
            a += aColumn;
            b += bRow;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + vector);
        TSimd.Store(c02, c + (2 * vector));
        TSimd.Store(c03, c + (3 * vector));
        TSimd.Store(c10, c + cRow);
        TSimd.Store(c11, c + cRow + vector);
        TSimd.Store(c12, c + cRow + (2 * vector));
        TSimd.Store(c13, c + cRow + (3 * vector));
        TSimd.Store(c20, c + (2 * cRow));
        TSimd.Store(c21, c + (2 * cRow) + vector);
        TSimd.Store(c22, c + (2 * cRow) + (2 * vector));
        TSimd.Store(c23, c + (2 * cRow) + (3 * vector));
        TSimd.Store(c30, c + (3 * cRow));
        TSimd.Store(c31, c + (3 * cRow) + vector);
        TSimd.Store(c32, c + (3 * cRow) + (2 * vector));
        TSimd.Store(c33, c + (3 * cRow) + (3 * vector));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x2(int inner, float* a, nint aRow, nint aColumn, float* b, nint bRow, float* d, nint dRow, float* c, nint cRow)
    {
        var second = TSimd.Count;
        TVector c00 = TSimd.Load(d), c01 = TSimd.Load(d + second);
        TVector c10 = TSimd.Load(d + dRow), c11 = TSimd.Load(d + dRow + second);
        TVector c20 = TSimd.Load(d + (2 * dRow)), c21 = TSimd.Load(d + (2 * dRow) + second);
        TVector c30 = TSimd.Load(d + (3 * dRow)), c31 = TSimd.Load(d + (3 * dRow) + second);
        for (var k = 0; k < inner; k++)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + second);
            var factor = TSimd.Create(a[0]);
            c00 = TSimd.MultiplyAdd(factor, b0, c00);
            c01 = TSimd.MultiplyAdd(factor, b1, c01);
            factor = TSimd.Create(a[aRow]);
            c10 = TSimd.MultiplyAdd(factor, b0, c10);
            c11 = TSimd.MultiplyAdd(factor, b1, c11);
            factor = TSimd.Create(a[2 * aRow]);
            c20 = TSimd.MultiplyAdd(factor, b0, c20);
            c21 = TSimd.MultiplyAdd(factor, b1, c21);
            factor = TSimd.Create(a[3 * aRow]);
            c30 = TSimd.MultiplyAdd(factor, b0, c30);
            c31 = TSimd.MultiplyAdd(factor, b1, c31);
            a += aColumn;
            b += bRow;
        }

        TSimd.Store(c00, c);
        TSimd.Store(c01, c + second);
        TSimd.Store(c10, c + cRow);
        TSimd.Store(c11, c + cRow + second);
        TSimd.Store(c20, c + (2 * cRow));
        TSimd.Store(c21, c + (2 * cRow) + second);
        TSimd.Store(c30, c + (3 * cRow));
        TSimd.Store(c31, c + (3 * cRow) + second);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1(int inner, float* a, nint aRow, nint aColumn, float* b, nint bRow, float* d, nint dRow, float* c, nint cRow)
    {
        TVector c0 = TSimd.Load(d), c1 = TSimd.Load(d + dRow), c2 = TSimd.Load(d + (2 * dRow)), c3 = TSimd.Load(d + (3 * dRow));
        for (var k = 0; k < inner; k++)
        {
            var row = TSimd.Load(b);
            c0 = TSimd.MultiplyAdd(TSimd.Create(a[0]), row, c0);
            c1 = TSimd.MultiplyAdd(TSimd.Create(a[aRow]), row, c1);
            c2 = TSimd.MultiplyAdd(TSimd.Create(a[2 * aRow]), row, c2);
            c3 = TSimd.MultiplyAdd(TSimd.Create(a[3 * aRow]), row, c3);
            a += aColumn;
            b += bRow;
        }

        TSimd.Store(c0, c);
        TSimd.Store(c1, c + cRow);
        TSimd.Store(c2, c + (2 * cRow));
        TSimd.Store(c3, c + (3 * cRow));
    }
}

using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>Copies of rows between dense memory and a kernel's padded memory, and their sums.</summary>
internal static unsafe class RowKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Copies rows into padded memory.</summary>
    /// <param name="source">The rows, one after the other.</param>
    /// <param name="length">The length of a row.</param>
    /// <param name="destination">Receives the rows; memory that is zero behind the last row and between rows, or that is made so.</param>
    /// <param name="stride">The distance between rows.</param>
    public static void CopyIn(ReadOnlySpan<float> source, int length, float* destination, int stride)
    {
        var rows = source.Length / length;
        Clear(destination, rows, stride);
        for (var row = 0; row < rows; row++, destination += stride)
            source.Slice(row * length, length).CopyTo(new Span<float>(destination, length));
    }

    /// <inheritdoc cref="CopyIn(ReadOnlySpan{float}, int, float*, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyIn(ReadOnlySpan<double> source, int length, float* destination, int stride)
    {
        var rows = source.Length / length;
        Clear(destination, rows, stride);
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < length; i++)
                destination[(row * stride) + i] = (float)source[(row * length) + i];
        }
    }

    /// <summary>Moves some rows of padded memory to its beginning.</summary>
    /// <param name="memory">The rows.</param>
    /// <param name="stride">The distance between rows.</param>
    /// <param name="rows">The indices of the rows to keep, in ascending order: no row is overwritten before it is moved.</param>
    public static void Gather(float* memory, int stride, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < rows.Length; i++)
            new ReadOnlySpan<float>(memory + ((nint)rows[i] * stride), stride).CopyTo(new Span<float>(memory + ((nint)i * stride), stride));
        var padding = PerceptronLayer.Padded(rows.Length, PerceptronKernel.RowMultiple) - rows.Length;
        new Span<float>(memory + ((nint)rows.Length * stride), padding * stride).Clear();
    }

    /// <summary>Copies rows out of padded memory.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="stride">The distance between rows.</param>
    /// <param name="destination">Receives the rows, one after the other.</param>
    /// <param name="length">The length of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyOut(float* source, int stride, Span<double> destination, int length)
    {
        var rows = destination.Length / length;
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < length; i++)
                destination[(row * length) + i] = source[(row * stride) + i];
        }
    }

    /// <summary>True if rows in padded memory have the bits of dense ones.</summary>
    /// <param name="padded">The rows in padded memory.</param>
    /// <param name="stride">The distance between rows.</param>
    /// <param name="dense">The rows, one after the other.</param>
    /// <param name="length">The length of a row.</param>
    public static bool AreSame(float* padded, int stride, ReadOnlySpan<float> dense, int length)
    {
        for (; !dense.IsEmpty; dense = dense[length..], padded += stride)
        {
            for (var i = 0; i < length; i++)
            {
                if (BitConverter.SingleToInt32Bits(padded[i]) != BitConverter.SingleToInt32Bits(dense[i]))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Adds the sum of all rows to a row.</summary>
    /// <param name="source">The rows, a whole number of tiles.</param>
    /// <param name="rows">Their number.</param>
    /// <param name="length">The length of a row, a multiple of the vector length.</param>
    /// <param name="sum">The row to add to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSum(float* source, int rows, int length, float* sum)
    {
        for (var j = 0; j < length; j += TSimd.Count)
        {
            // Four sums at a time, so that no addition waits for the one before it.
            TVector s0 = TSimd.Load(sum + j), s1 = TSimd.Create(0), s2 = s1, s3 = s1;
            float* row = source + j;
            for (var i = 0; i < rows; i += PerceptronKernel.RowMultiple, row += PerceptronKernel.RowMultiple * (nint)length)
            {
                s0 = TSimd.Add(s0, TSimd.Load(row));
                s1 = TSimd.Add(s1, TSimd.Load(row + length));
                s2 = TSimd.Add(s2, TSimd.Load(row + (2 * length)));
                s3 = TSimd.Add(s3, TSimd.Load(row + (3 * length)));
            }

            TSimd.Store(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), sum + j);
        }
    }

    private static void Clear(float* rows, int count, int stride) => new Span<float>(rows, PerceptronLayer.Padded(count, PerceptronKernel.RowMultiple) * stride).Clear();
}

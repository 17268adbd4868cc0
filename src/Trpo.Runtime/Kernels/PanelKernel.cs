using System.Runtime.CompilerServices;

namespace Trpo.Runtime.Kernels;

/// <summary>
/// The products of rows with one panel of a layer's weights. Each output is two partial sums, of the inputs of even and of odd index, in every method:
/// a row's results do not depend on the rows beside it.
/// </summary>
internal static class PanelKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int WideVector = 16;

    /// <summary>Computes the outputs of a panel.</summary>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The distance of a row from the next.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="w">The weights of the panel.</param>
    /// <param name="b">The biases of the panel.</param>
    /// <param name="y">The outputs of the first row.</param>
    /// <param name="isWhole">True for a panel of two vectors, false for one vector.</param>
    public static void Run(ref float x, int rows, nuint stride, nuint inputs, ref float w, ref float b, ref float y, bool isWhole)
    {
        var row = 0;
        for (; row + 4 <= rows && (!isWhole || TSimd.Count == WideVector); row += 4)
        {
            if (isWhole)
                FourRows(ref x, stride, inputs, ref w, ref b, ref y);
            else
                FourRowsOfOneVector(ref x, stride, inputs, ref w, ref b, ref y);
            x = ref Unsafe.Add(ref x, 4 * stride);
            y = ref Unsafe.Add(ref y, 4 * stride);
        }

        for (; row + 2 <= rows && isWhole; row += 2)
        {
            TwoRows(ref x, stride, inputs, ref w, ref b, ref y);
            x = ref Unsafe.Add(ref x, 2 * stride);
            y = ref Unsafe.Add(ref y, 2 * stride);
        }

        for (; row < rows; row++)
        {
            if (isWhole)
                OneRow(ref x, inputs, ref w, ref b, ref y);
            else
                OneVector(ref x, inputs, ref w, ref b, ref y);
            x = ref Unsafe.Add(ref x, stride);
            y = ref Unsafe.Add(ref y, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(ref float x, nuint inputs, ref float w, ref float b, ref float y)
    {
        var next = (nuint)TSimd.Count;
        TVector even0 = TSimd.Load(in b, 0), even1 = TSimd.Load(in b, next), odd0 = TSimd.Create(0), odd1 = odd0;
        nuint i = 0, at = 0;
        for (; i + 2 <= inputs; i += 2, at += 4 * next)
        {
            var v = TSimd.Create(Unsafe.Add(ref x, i));
            even0 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at), even0);
            even1 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at + next), even1);
            v = TSimd.Create(Unsafe.Add(ref x, i + 1));
            odd0 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at + (2 * next)), odd0);
            odd1 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at + (3 * next)), odd1);
        }

        if (i < inputs)
        {
            var v = TSimd.Create(Unsafe.Add(ref x, i));
            even0 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at), even0);
            even1 = TSimd.MultiplyAdd(v, TSimd.Load(in w, at + next), even1);
        }

        TSimd.Store(TSimd.Add(even0, odd0), ref y, 0);
        TSimd.Store(TSimd.Add(even1, odd1), ref y, next);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoRows(ref float x, nuint stride, nuint inputs, ref float w, ref float b, ref float y)
    {
        var next = (nuint)TSimd.Count;
        ref var z = ref Unsafe.Add(ref x, stride);
        TVector even0 = TSimd.Load(in b, 0), even1 = TSimd.Load(in b, next), odd0 = TSimd.Create(0), odd1 = odd0;
        TVector even2 = even0, even3 = even1, odd2 = odd0, odd3 = odd0;
        nuint i = 0, at = 0;
        for (; i + 2 <= inputs; i += 2, at += 4 * next)
        {
            TVector w0 = TSimd.Load(in w, at), w1 = TSimd.Load(in w, at + next);
            TVector v = TSimd.Create(Unsafe.Add(ref x, i)), u = TSimd.Create(Unsafe.Add(ref z, i));
            even0 = TSimd.MultiplyAdd(v, w0, even0);
            even1 = TSimd.MultiplyAdd(v, w1, even1);
            even2 = TSimd.MultiplyAdd(u, w0, even2);
            even3 = TSimd.MultiplyAdd(u, w1, even3);
            (w0, w1) = (TSimd.Load(in w, at + (2 * next)), TSimd.Load(in w, at + (3 * next)));
            (v, u) = (TSimd.Create(Unsafe.Add(ref x, i + 1)), TSimd.Create(Unsafe.Add(ref z, i + 1)));
            odd0 = TSimd.MultiplyAdd(v, w0, odd0);
            odd1 = TSimd.MultiplyAdd(v, w1, odd1);
            odd2 = TSimd.MultiplyAdd(u, w0, odd2);
            odd3 = TSimd.MultiplyAdd(u, w1, odd3);
        }

        if (i < inputs)
        {
            TVector w0 = TSimd.Load(in w, at), w1 = TSimd.Load(in w, at + next);
            TVector v = TSimd.Create(Unsafe.Add(ref x, i)), u = TSimd.Create(Unsafe.Add(ref z, i));
            even0 = TSimd.MultiplyAdd(v, w0, even0);
            even1 = TSimd.MultiplyAdd(v, w1, even1);
            even2 = TSimd.MultiplyAdd(u, w0, even2);
            even3 = TSimd.MultiplyAdd(u, w1, even3);
        }

        TSimd.Store(TSimd.Add(even0, odd0), ref y, 0);
        TSimd.Store(TSimd.Add(even1, odd1), ref y, next);
        TSimd.Store(TSimd.Add(even2, odd2), ref y, stride);
        TSimd.Store(TSimd.Add(even3, odd3), ref y, stride + next);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneVector(ref float x, nuint inputs, ref float w, ref float b, ref float y)
    {
        TVector even = TSimd.Load(in b, 0), odd = TSimd.Create(0);
        nuint i = 0, at = 0, next = (nuint)TSimd.Count;
        for (; i + 2 <= inputs; i += 2, at += 2 * next)
        {
            even = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i)), TSimd.Load(in w, at), even);
            odd = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i + 1)), TSimd.Load(in w, at + next), odd);
        }

        if (i < inputs)
            even = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i)), TSimd.Load(in w, at), even);
        TSimd.Store(TSimd.Add(even, odd), ref y, 0);
    }

    // Sixteen sums, for processors with 32 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(ref float x, nuint stride, nuint inputs, ref float w, ref float b, ref float y)
    {
        var next = (nuint)TSimd.Count;
        ref var x1 = ref Unsafe.Add(ref x, stride);
        ref var x2 = ref Unsafe.Add(ref x1, stride);
        ref var x3 = ref Unsafe.Add(ref x2, stride);
        TVector e0 = TSimd.Load(in b, 0), f0 = TSimd.Load(in b, next), e1 = e0, f1 = f0, e2 = e0, f2 = f0, e3 = e0, f3 = f0;
        TVector o0 = TSimd.Create(0), p0 = o0, o1 = o0, p1 = o0, o2 = o0, p2 = o0, o3 = o0, p3 = o0;
        nuint i = 0, at = 0;
        for (; i + 2 <= inputs; i += 2, at += 4 * next)
        {
            TVector w0 = TSimd.Load(in w, at), w1 = TSimd.Load(in w, at + next);
            Add(TSimd.Create(Unsafe.Add(ref x, i)), w0, w1, ref e0, ref f0);
            Add(TSimd.Create(Unsafe.Add(ref x1, i)), w0, w1, ref e1, ref f1);
            Add(TSimd.Create(Unsafe.Add(ref x2, i)), w0, w1, ref e2, ref f2);
            Add(TSimd.Create(Unsafe.Add(ref x3, i)), w0, w1, ref e3, ref f3);
            (w0, w1) = (TSimd.Load(in w, at + (2 * next)), TSimd.Load(in w, at + (3 * next)));
            Add(TSimd.Create(Unsafe.Add(ref x, i + 1)), w0, w1, ref o0, ref p0);
            Add(TSimd.Create(Unsafe.Add(ref x1, i + 1)), w0, w1, ref o1, ref p1);
            Add(TSimd.Create(Unsafe.Add(ref x2, i + 1)), w0, w1, ref o2, ref p2);
            Add(TSimd.Create(Unsafe.Add(ref x3, i + 1)), w0, w1, ref o3, ref p3);
        }

        if (i < inputs)
        {
            TVector w0 = TSimd.Load(in w, at), w1 = TSimd.Load(in w, at + next);
            Add(TSimd.Create(Unsafe.Add(ref x, i)), w0, w1, ref e0, ref f0);
            Add(TSimd.Create(Unsafe.Add(ref x1, i)), w0, w1, ref e1, ref f1);
            Add(TSimd.Create(Unsafe.Add(ref x2, i)), w0, w1, ref e2, ref f2);
            Add(TSimd.Create(Unsafe.Add(ref x3, i)), w0, w1, ref e3, ref f3);
        }

        Store(e0, o0, f0, p0, ref y, next);
        Store(e1, o1, f1, p1, ref Unsafe.Add(ref y, stride), next);
        Store(e2, o2, f2, p2, ref Unsafe.Add(ref y, 2 * stride), next);
        Store(e3, o3, f3, p3, ref Unsafe.Add(ref y, 3 * stride), next);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRowsOfOneVector(ref float x, nuint stride, nuint inputs, ref float w, ref float b, ref float y)
    {
        var next = (nuint)TSimd.Count;
        ref var x1 = ref Unsafe.Add(ref x, stride);
        ref var x2 = ref Unsafe.Add(ref x1, stride);
        ref var x3 = ref Unsafe.Add(ref x2, stride);
        TVector e0 = TSimd.Load(in b, 0), e1 = e0, e2 = e0, e3 = e0, o0 = TSimd.Create(0), o1 = o0, o2 = o0, o3 = o0;
        nuint i = 0, at = 0;
        for (; i + 2 <= inputs; i += 2, at += 2 * next)
        {
            TVector even = TSimd.Load(in w, at), odd = TSimd.Load(in w, at + next);
            e0 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i)), even, e0);
            e1 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x1, i)), even, e1);
            e2 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x2, i)), even, e2);
            e3 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x3, i)), even, e3);
            o0 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i + 1)), odd, o0);
            o1 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x1, i + 1)), odd, o1);
            o2 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x2, i + 1)), odd, o2);
            o3 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x3, i + 1)), odd, o3);
        }

        if (i < inputs)
        {
            var last = TSimd.Load(in w, at);
            e0 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x, i)), last, e0);
            e1 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x1, i)), last, e1);
            e2 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x2, i)), last, e2);
            e3 = TSimd.MultiplyAdd(TSimd.Create(Unsafe.Add(ref x3, i)), last, e3);
        }

        TSimd.Store(TSimd.Add(e0, o0), ref y, 0);
        TSimd.Store(TSimd.Add(e1, o1), ref y, stride);
        TSimd.Store(TSimd.Add(e2, o2), ref y, 2 * stride);
        TSimd.Store(TSimd.Add(e3, o3), ref y, 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector value, TVector w0, TVector w1, ref TVector sum0, ref TVector sum1)
    {
        sum0 = TSimd.MultiplyAdd(value, w0, sum0);
        sum1 = TSimd.MultiplyAdd(value, w1, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector even0, TVector odd0, TVector even1, TVector odd1, ref float y, nuint next)
    {
        TSimd.Store(TSimd.Add(even0, odd0), ref y, 0);
        TSimd.Store(TSimd.Add(even1, odd1), ref y, next);
    }
}

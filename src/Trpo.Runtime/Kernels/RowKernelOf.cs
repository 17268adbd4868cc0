using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trpo.Runtime.Kernels;

/// <summary>The kernel of one width of vectors.</summary>
internal sealed class RowKernelOf<TSimd, TVector> : RowKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Above this, tanh in float32 is within one rounding of 1.
    private const float Saturation = 8.6f;

    private static int Panel => 2 * TSimd.Count;

    // Panels of two vectors of outputs; in each, the weights of the first input, then of the second, and so on. The last panel may be one vector.
    public override float[] Pack(Func<int, int, float> weights, int inputs, int outputs)
    {
        var packed = new float[checked(inputs * outputs)];
        var index = 0;
        for (var panel = 0; panel < outputs; panel += Panel)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var j = panel; j < Math.Min(panel + Panel, outputs); j++)
                    packed[index++] = weights(i, j);
            }
        }

        return packed;
    }

    public override void Dense(Span<float> memory, int rows, int stride, (int Start, int Length) input, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases, int output)
    {
        // The loops below read without bounds checks.
        var outputs = biases.Length;
        if (memory.Length < rows * stride || input.Start + input.Length > stride || output + outputs > stride || weights.Length != input.Length * outputs || outputs % Padding != 0)
            throw new ArgumentException("The lengths of a layer do not fit together.", nameof(weights));
        ref var x = ref Unsafe.Add(ref MemoryMarshal.GetReference(memory), input.Start);
        ref var w = ref MemoryMarshal.GetReference(weights);
        ref var b = ref MemoryMarshal.GetReference(biases);
        ref var y = ref Unsafe.Add(ref MemoryMarshal.GetReference(memory), output);
        for (var column = 0; column < outputs; column += Panel)
        {
            // The weights of a panel stay in the cache while all rows use them.
            ref var panel = ref Unsafe.Add(ref w, column * input.Length);
            PanelKernel<TSimd, TVector>.Run(
                ref x, rows, (nuint)stride, (nuint)input.Length, ref panel, ref Unsafe.Add(ref b, column), ref Unsafe.Add(ref y, column), isWhole: column + Panel <= outputs);
        }
    }

    public override void Tanh(ReadOnlySpan<float> input, Span<float> output)
    {
        CheckLengths(input, output);
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var y = ref MemoryMarshal.GetReference(output);
        for (nuint i = 0; i < (nuint)input.Length; i += (nuint)TSimd.Count)
            TSimd.Store(Tanh(TSimd.Load(in x, i)), ref y, i);
    }

    public override void Elu(ReadOnlySpan<float> input, Span<float> output)
    {
        CheckLengths(input, output);
        ref var x = ref MemoryMarshal.GetReference(input);
        ref var y = ref MemoryMarshal.GetReference(output);
        for (nuint i = 0; i < (nuint)input.Length; i += (nuint)TSimd.Count)
            TSimd.Store(Elu(TSimd.Load(in x, i)), ref y, i);
    }

    // The loops read without bounds checks.
    private static void CheckLengths(ReadOnlySpan<float> input, Span<float> output)
    {
        if (input.Length != output.Length || output.Length % Padding != 0)
            throw new ArgumentException("The lengths differ, or are not padded.", nameof(output));
    }

    // max(0, x) + (exp(y) - 1) with y = min(0, x); exp(y) - 1 = 2 t / (1 - t) = 2 n / (d - n) with t = n / d = tanh(y / 2), which loses no digits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Elu(TVector x)
    {
        var zero = TSimd.Create(0);
        var minusOne = TSimd.Create(-1);
        var (numerator, denominator) = TanhFraction(TSimd.Multiply(TSimd.Min(zero, x), TSimd.Create(0.5f)));
        var power = TSimd.Divide(TSimd.Add(numerator, numerator), TSimd.MultiplyAdd(numerator, minusOne, denominator));
        return TSimd.Add(TSimd.Max(zero, x), TSimd.Max(minusOne, power));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Tanh(TVector x)
    {
        var (numerator, denominator) = TanhFraction(x);
        return TSimd.Max(TSimd.Create(-1), TSimd.Min(TSimd.Create(1), TSimd.Divide(numerator, denominator)));
    }

    // tanh(x) = x P(x^2) / Q(x^2), a minimax fit up to saturation with a relative error of 1.4e-8 before rounding.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Numerator, TVector Denominator) TanhFraction(TVector x)
    {
        // The variable is the right operand, so that NaN is preserved.
        x = TSimd.Max(TSimd.Create(-Saturation), TSimd.Min(TSimd.Create(Saturation), x));
        var y = TSimd.Multiply(x, x);
        var p = TSimd.MultiplyAdd(y, TSimd.Create(1.4082756808e-8f), TSimd.Create(2.11226207504e-5f));
        p = TSimd.MultiplyAdd(y, p, TSimd.Create(0.00352641769014f));
        p = TSimd.MultiplyAdd(y, p, TSimd.Create(0.134068894617f));
        p = TSimd.MultiplyAdd(y, p, TSimd.Create(0.999999986878f));
        var q = TSimd.MultiplyAdd(y, TSimd.Create(8.0707633489e-7f), TSimd.Create(0.000333629545776f));
        q = TSimd.MultiplyAdd(y, q, TSimd.Create(0.0259939630154f));
        q = TSimd.MultiplyAdd(y, q, TSimd.Create(0.467402110494f));
        q = TSimd.MultiplyAdd(y, q, TSimd.Create(1));
        return (TSimd.Multiply(x, p), q);
    }
}

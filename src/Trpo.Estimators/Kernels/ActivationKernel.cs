using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>The activation functions and their derivatives, element by element over padded memory.</summary>
internal static unsafe class ActivationKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Above this, tanh in float32 is within one rounding of 1.
    private const float Saturation = 8.6f;

    /// <summary>Applies the activation function in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(KernelActivation activation, float* values, int length)
    {
        if (activation == KernelActivation.Tanh)
        {
            for (var i = 0; i < length; i += TSimd.Count)
                TSimd.Store(Tanh(TSimd.Load(values + i)), values + i);
            return;
        }

        var zero = TSimd.Create(0);
        for (var i = 0; i < length; i += TSimd.Count)
            TSimd.Store(TSimd.Max(zero, TSimd.Load(values + i)), values + i);
    }

    /// <summary>Multiplies values by the derivative of the activation function, computed from its results <c>a</c>: <c>1 - a^2</c> for tanh, and 1 where <c>a &gt; 0</c>, 0 elsewhere, for the rectifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyByDerivative(KernelActivation activation, float* activations, float* values, int length)
    {
        if (activation == KernelActivation.Tanh)
        {
            var minusOne = TSimd.Create(-1);
            for (var i = 0; i < length; i += TSimd.Count)
            {
                var a = TSimd.Load(activations + i);
                var value = TSimd.Load(values + i);

                // v (1 - a^2) = v - (a a) v
                TSimd.Store(TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Multiply(a, a), minusOne), value, value), values + i);
            }

            return;
        }

        for (var i = 0; i < length; i += TSimd.Count)
            TSimd.Store(TSimd.WherePositive(TSimd.Load(activations + i), TSimd.Load(values + i)), values + i);
    }

    // tanh(x) = x P(x^2) / Q(x^2), a minimax fit up to saturation with a relative error of 1.4e-8 before rounding.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Tanh(TVector x)
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
        return TSimd.Max(TSimd.Create(-1), TSimd.Min(TSimd.Create(1), TSimd.Divide(TSimd.Multiply(x, p), q)));
    }
}

using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>The activation functions and their derivatives, element by element over padded memory.</summary>
internal static unsafe class ActivationKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    // Above this, tanh in float32 is within one rounding of 1.
    private const float Saturation = 8.6f;

    // Beyond this, the logistic function and its products with the argument have their limits within a rounding of 1.
    private const float LogisticSaturation = 20;

    /// <summary>Applies the activation function in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(KernelActivation activation, float* values, int length)
    {
        switch (activation)
        {
            case KernelActivation.Tanh:
                for (var i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(Tanh(TSimd.Load(values + i)), values + i);
                break;

            case KernelActivation.Relu:
                var zero = TSimd.Create(0);
                for (var i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(TSimd.Max(zero, TSimd.Load(values + i)), values + i);
                break;

            case KernelActivation.Silu:
                for (var i = 0; i < length; i += TSimd.Count)
                {
                    var x = TSimd.Load(values + i);
                    TSimd.Store(TSimd.Multiply(TSimd.Max(TSimd.Create(-LogisticSaturation), x), Logistic(x).Value), values + i);
                }

                break;

            case KernelActivation.Elu:
                for (var i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(Elu(TSimd.Load(values + i)), values + i);
                break;

            default:
                throw Unknown(activation);
        }
    }

    /// <summary>Applies the sigmoid-weighted linear unit in place, and computes its derivative, which does not follow from its result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ApplySilu(float* values, float* derivatives, int length)
    {
        for (var i = 0; i < length; i += TSimd.Count)
        {
            var argument = TSimd.Load(values + i);
            var (value, derivative) = Logistic(argument);
            var x = TSimd.Max(TSimd.Create(-LogisticSaturation), argument);
            TSimd.Store(TSimd.Multiply(x, value), values + i);

            // (x s)' = s + x s'
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Min(TSimd.Create(LogisticSaturation), x), derivative, value), derivatives + i);
        }
    }

    /// <summary>
    /// Multiplies values by the derivative of the activation function. It is computed from the results <c>a</c> of the function: <c>1 - a^2</c> for tanh, 1 where <c>a &gt; 0</c> and 0
    /// elsewhere for the rectifier, <c>1 + min(0, a)</c> for the exponential linear unit; that of the sigmoid-weighted one is given in their place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyByDerivative(KernelActivation activation, float* activations, float* values, int length)
    {
        switch (activation)
        {
            case KernelActivation.Tanh:
                var minusOne = TSimd.Create(-1);
                for (var i = 0; i < length; i += TSimd.Count)
                {
                    var a = TSimd.Load(activations + i);
                    var value = TSimd.Load(values + i);

                    // v (1 - a^2) = v - (a a) v
                    TSimd.Store(TSimd.MultiplyAdd(TSimd.Multiply(TSimd.Multiply(a, a), minusOne), value, value), values + i);
                }

                break;

            case KernelActivation.Relu:
                for (var i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(TSimd.WherePositive(TSimd.Load(activations + i), TSimd.Load(values + i)), values + i);
                break;

            case KernelActivation.Silu:
                for (var i = 0; i < length; i += TSimd.Count)
                    TSimd.Store(TSimd.Multiply(TSimd.Load(activations + i), TSimd.Load(values + i)), values + i);
                break;

            case KernelActivation.Elu:
                var zero = TSimd.Create(0);
                for (var i = 0; i < length; i += TSimd.Count)
                {
                    var value = TSimd.Load(values + i);
                    TSimd.Store(TSimd.MultiplyAdd(TSimd.Min(zero, TSimd.Load(activations + i)), value, value), values + i);
                }

                break;

            default:
                throw Unknown(activation);
        }
    }

    // The logistic function s and its derivative s (1 - s), without a difference that loses digits: with e = exp(-|x|), they are 1 / (1 + e), or e / (1 + e) where x is
    // negative, and e / (1 + e)^2. exp(-|x|) is the fourth power of (1 + t) / (1 - t) with t = n / d = tanh(-|x| / 8), and one division makes all of them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Value, TVector Derivative) Logistic(TVector x)
    {
        var minusOne = TSimd.Create(-1);
        var (numerator, denominator) = TanhFraction(TSimd.Multiply(TSimd.Max(TSimd.Multiply(x, minusOne), x), TSimd.Create(-0.125f)));
        var (small, large) = (Fourth(TSimd.Add(denominator, numerator)), Fourth(TSimd.MultiplyAdd(numerator, minusOne, denominator)));
        var reciprocal = TSimd.Divide(TSimd.Create(1), TSimd.Add(small, large));
        (small, large) = (TSimd.Multiply(small, reciprocal), TSimd.Multiply(large, reciprocal));
        return (TSimd.Add(small, TSimd.WherePositive(x, TSimd.MultiplyAdd(small, minusOne, large))), TSimd.Multiply(small, large));

        static TVector Fourth(TVector number)
        {
            var square = TSimd.Multiply(number, number);
            return TSimd.Multiply(square, square);
        }
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

    private static ArgumentOutOfRangeException Unknown(KernelActivation activation) => new(nameof(activation), activation, $"There is no kernel for the activation {activation}.");

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

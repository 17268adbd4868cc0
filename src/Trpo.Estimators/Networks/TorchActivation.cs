using TorchSharp;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The activation functions and their derivatives by libtorch.</summary>
internal static class TorchActivation
{
    // A number in the place of a scalar becomes an object that the garbage collector may finalize while libtorch still reads it.
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;

    /// <summary>Computes the activation function, which libtorch differentiates.</summary>
    public static Tensor Apply(Activation activation, Tensor value) => activation switch
    {
        Activation.Tanh => value.tanh(),
        Activation.Relu => value.relu(),
        Activation.Silu => nn.functional.silu(value),
        Activation.Elu => value.elu(One, One, One),
        _ => throw Unknown(activation),
    };

    /// <summary>Computes the activation function, in place where that is possible, and its derivative.</summary>
    /// <param name="activation">The activation function.</param>
    /// <param name="value">The argument, whose values are lost.</param>
    public static (Tensor Value, Tensor Derivative) WithDerivative(Activation activation, Tensor value)
    {
        switch (activation)
        {
            case Activation.Tanh:
                value = value.tanh_();
                return (value, (value * value).neg_().add_(One, One));
            case Activation.Relu:
                value = value.relu_();
                return (value, value.sign());
            case Activation.Silu:
                // With s for the logistic function: (x s)' = s + x s (1 - s), and 1 - s(x) = s(-x).
                var (logistic, complement) = (value.sigmoid(), value.neg().sigmoid_());
                value = value.mul_(logistic);
                return (value, logistic.add_(complement.mul_(value), One));
            case Activation.Elu:
                // exp(x), where x is not positive, is one more than the result.
                value = value.elu(One, One, One);
                return (value, value.clamp(max: Zero).add_(One, One));
            default:
                throw Unknown(activation);
        }
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) => new(nameof(activation), activation, $"libtorch has no activation {activation}.");
}

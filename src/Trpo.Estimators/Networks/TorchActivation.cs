using TorchSharp;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The activation functions and their derivatives by libtorch.</summary>
internal static class TorchActivation
{
    // A number in the place of a scalar becomes an object that the garbage collector may finalize while libtorch still reads it.
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;
    private static readonly Scalar MinusOne = -1;

    /// <summary>Computes the activation function, which libtorch differentiates.</summary>
    public static Tensor Apply(Activation activation, Tensor value) => activation switch
    {
        Activation.Tanh => value.tanh(),
        Activation.Relu => value.relu(),
        Activation.Silu => nn.functional.silu(value),
        Activation.Elu => value.elu(One, One, One),
        _ => throw Unknown(activation),
    };

    /// <summary>Computes the activation function in place, and its derivative.</summary>
    /// <param name="activation">The activation function.</param>
    /// <param name="value">The argument, which becomes the result.</param>
    /// <param name="derivative">Receives the derivative; of the shape of <paramref name="value"/>.</param>
    public static void Apply(Activation activation, Tensor value, Tensor derivative)
    {
        switch (activation)
        {
            case Activation.Tanh:
                value.tanh_();
                derivative.fill_(One).addcmul_(value, value, MinusOne);
                break;
            case Activation.Relu:
                derivative.copy_(value.relu_()).sign_();
                break;
            case Activation.Silu:
                // With s for the logistic function: (x s)' = s + x s (1 - s), and 1 - s(x) = s(-x).
                derivative.copy_(value).sigmoid_();
                using (var complement = value.neg())
                {
                    complement.sigmoid_();
                    value.mul_(derivative);
                    derivative.addcmul_(complement, value, One);
                }

                break;
            case Activation.Elu:
                // exp(x), where x is not positive, is one more than the result.
                derivative.copy_(value.elu_(One, One, One)).clamp_max_(Zero).add_(One, One);
                break;
            default:
                throw Unknown(activation);
        }
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) => new(nameof(activation), activation, $"libtorch has no activation {activation}.");
}

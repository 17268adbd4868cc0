using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The activation functions and their derivatives by libtorch.</summary>
internal static class TorchActivation
{
    /// <summary>Computes the activation function, which libtorch differentiates.</summary>
    public static Tensor Apply(Activation activation, Tensor value) => activation switch
    {
        Activation.Tanh => value.tanh(),
        Activation.Relu => value.relu(),
        Activation.Silu => nn.functional.silu(value),
        Activation.Elu => nn.functional.elu(value, 1),
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
                return (value, (value * value).neg_().add_(1));
            case Activation.Relu:
                value = value.relu_();
                return (value, value.sign());
            case Activation.Silu:
                // With s for the logistic function: (x s)' = s + x s (1 - s).
                var logistic = value.sigmoid();
                value = value.mul_(logistic);
                return (value, logistic.add_(value * (1 - logistic)));
            case Activation.Elu:
                // exp(x), where x is not positive, is one more than the result.
                value = nn.functional.elu(value, 1);
                return (value, value.clamp(max: 0).add_(1));
            default:
                throw Unknown(activation);
        }
    }

    private static ArgumentOutOfRangeException Unknown(Activation activation) => new(nameof(activation), activation, $"libtorch has no activation {activation}.");
}

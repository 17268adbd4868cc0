using Trpo.Estimators.Kernels;

namespace Trpo.Estimators.Networks;

/// <summary>Conversion of activation functions to those of the kernels, which know nothing of networks.</summary>
internal static class ActivationExtensions
{
    /// <summary>Returns the kernels' name of an activation function.</summary>
    public static KernelActivation ToKernel(this Activation activation) => activation switch
    {
        Activation.Tanh => KernelActivation.Tanh,
        Activation.Relu => KernelActivation.Relu,
        Activation.Silu => KernelActivation.Silu,
        Activation.Elu => KernelActivation.Elu,
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, $"There is no kernel for the activation {activation}."),
    };
}

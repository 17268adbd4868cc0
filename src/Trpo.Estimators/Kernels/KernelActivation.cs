namespace Trpo.Estimators.Kernels;

/// <summary>The activation function that a kernel applies between the layers of a perceptron.</summary>
internal enum KernelActivation
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The rectifier, <c>max(0, x)</c>.</summary>
    Relu,
}

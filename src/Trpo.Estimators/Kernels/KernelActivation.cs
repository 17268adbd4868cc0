namespace Trpo.Estimators.Kernels;

/// <summary>The activation function that a kernel applies between the layers of a perceptron.</summary>
internal enum KernelActivation
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>The rectifier, <c>max(0, x)</c>.</summary>
    Relu,

    /// <summary>The sigmoid-weighted linear unit, <c>x / (1 + exp(-x))</c>.</summary>
    Silu,

    /// <summary>The exponential linear unit, <c>x</c> where it is positive and <c>exp(x) - 1</c> elsewhere.</summary>
    Elu,
}

namespace Trpo.Tests.Support;

/// <summary>The ways in which a perceptron can be differentiated.</summary>
public enum Differentiation
{
    /// <summary>By managed kernels, in float32.</summary>
    Kernel,

    /// <summary>By products written out in libtorch.</summary>
    Perceptron,

    /// <summary>By libtorch's automatic differentiation.</summary>
    Autograd,
}

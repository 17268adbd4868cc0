namespace Trpo.Estimators.Kernels;

/// <summary>What stands between the layers of a perceptron.</summary>
public enum Activation
{
    /// <summary>The hyperbolic tangent, bounded and smooth: the custom of trust-region methods.</summary>
    Tanh,

    /// <summary>The rectifier, <c>max(0, x)</c>.</summary>
    Relu,
}

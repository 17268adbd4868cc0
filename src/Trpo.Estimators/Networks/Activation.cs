namespace Trpo.Estimators.Networks;

/// <summary>The activation function between the layers of a perceptron.</summary>
public enum Activation
{
    /// <summary>The hyperbolic tangent, bounded and smooth: the usual choice of trust-region methods.</summary>
    Tanh,

    /// <summary>The rectifier, <c>max(0, x)</c>.</summary>
    Relu,
}

namespace Trpo.Estimators.Networks;

/// <summary>The activation function between the layers of a perceptron.</summary>
public enum Activation
{
    /// <summary>The hyperbolic tangent, bounded and smooth: the usual choice of trust-region methods.</summary>
    Tanh,

    /// <summary>The rectifier, <c>max(0, x)</c>.</summary>
    Relu,

    /// <summary>The sigmoid-weighted linear unit, <c>x / (1 + exp(-x))</c>, also known as swish: smooth and not bounded (Elfwing, Uchibe and Doya 2018).</summary>
    Silu,

    /// <summary>The exponential linear unit, <c>x</c> where it is positive and <c>exp(x) - 1</c> elsewhere: smooth up to its first derivative (Clevert, Unterthiner and Hochreiter 2016).</summary>
    Elu,
}

namespace Trpo.Runtime.Operations;

/// <summary>Functions of one number.</summary>
internal enum UnaryOperator
{
    /// <summary>The logistic function.</summary>
    Sigmoid,

    /// <summary>1 for NaN, 0 for every other number.</summary>
    IsNaN,

    /// <summary>0 for 0, 1 for every other number.</summary>
    IsNotZero,
}

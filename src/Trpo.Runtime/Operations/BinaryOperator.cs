namespace Trpo.Runtime.Operations;

/// <summary>Operators of two numbers.</summary>
internal enum BinaryOperator
{
    /// <summary>Addition.</summary>
    Add,

    /// <summary>Subtraction.</summary>
    Subtract,

    /// <summary>Multiplication.</summary>
    Multiply,

    /// <summary>Division.</summary>
    Divide,

    /// <summary>The larger number; NaN where one is.</summary>
    Max,

    /// <summary>The smaller number; NaN where one is.</summary>
    Min,

    /// <summary>1 where the left number is greater, 0 elsewhere.</summary>
    Greater,
}

using System.Numerics;

namespace Trpo.Runtime.Operations;

/// <summary>An operator of two numbers, element by element.</summary>
internal sealed class BinaryOperation(BinaryOperator operation, Operand left, Operand right, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        var x = left.PaddedIn(memory);
        var y = right.PaddedIn(memory);
        var result = output.PaddedIn(memory);
        for (var i = 0; i < result.Length; i += Vector<float>.Count)
            Compute(new Vector<float>(x[i..]), new Vector<float>(y[i..])).CopyTo(result[i..]);
    }

    private Vector<float> Compute(Vector<float> x, Vector<float> y) => operation switch
    {
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        BinaryOperator.Divide => x / y,
        BinaryOperator.Max => OrNaN(x, y, Vector.ConditionalSelect(Vector.GreaterThan(x, y), x, y)),
        BinaryOperator.Min => OrNaN(x, y, Vector.ConditionalSelect(Vector.LessThan(x, y), x, y)),
        _ => Vector.ConditionalSelect(Vector.GreaterThan(x, y), Vector<float>.One, Vector<float>.Zero),
    };

    // Only NaN differs from itself.
    private static Vector<float> OrNaN(Vector<float> x, Vector<float> y, Vector<float> result) =>
        Vector.ConditionalSelect(Vector.BitwiseAnd(Vector.Equals(x, x), Vector.Equals(y, y)), result, new Vector<float>(float.NaN));
}

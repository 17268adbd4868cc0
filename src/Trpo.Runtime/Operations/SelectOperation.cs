using System.Numerics;

namespace Trpo.Runtime.Operations;

/// <summary>The number of one operand where a condition is not 0, of another elsewhere.</summary>
internal sealed class SelectOperation(Slot condition, Operand whenTrue, Operand whenFalse, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        var conditions = condition.PaddedIn(memory);
        var x = whenTrue.PaddedIn(memory);
        var y = whenFalse.PaddedIn(memory);
        var result = output.PaddedIn(memory);
        for (var i = 0; i < result.Length; i += Vector<float>.Count)
        {
            var isFalse = Vector.Equals(new Vector<float>(conditions[i..]), Vector<float>.Zero);
            Vector.ConditionalSelect(isFalse, new Vector<float>(y[i..]), new Vector<float>(x[i..])).CopyTo(result[i..]);
        }
    }
}

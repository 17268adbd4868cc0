namespace Trpo.Runtime.Operations;

/// <summary>A copy of constant numbers to the memory of the row.</summary>
internal sealed class ConstantOperation(float[] numbers, Slot output) : RowOperation
{
    public override void Run(Span<float> memory) => numbers.CopyTo(output.In(memory));
}

namespace Trpo.Runtime.Operations;

/// <summary>A copy of numbers to another place.</summary>
internal sealed class CopyOperation(Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory) => input.In(memory).CopyTo(output.In(memory));
}

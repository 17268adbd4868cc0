namespace Trpo.Runtime.Operations;

/// <summary>Copies of one number.</summary>
internal sealed class FillOperation(Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory) => output.PaddedIn(memory).Fill(memory[input.Start]);
}

namespace Trpo.Runtime.Operations;

/// <summary>The index of the largest number, the first of several.</summary>
internal sealed class ArgMaxOperation(Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        ReadOnlySpan<float> numbers = input.In(memory);
        var index = 0;
        for (var i = 1; i < numbers.Length; i++)
        {
            if (numbers[i] > numbers[index])
                index = i;
        }

        memory[output.Start] = index;
    }
}

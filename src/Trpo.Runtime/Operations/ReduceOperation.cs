namespace Trpo.Runtime.Operations;

/// <summary>The sum of the numbers, or the smallest of them; NaN where one is.</summary>
internal sealed class ReduceOperation(bool isSum, Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        ReadOnlySpan<float> numbers = input.In(memory);
        var result = isSum ? 0 : float.PositiveInfinity;
        foreach (var number in numbers)
            result = isSum ? result + number : MathF.Min(result, number);
        memory[output.Start] = result;
    }
}

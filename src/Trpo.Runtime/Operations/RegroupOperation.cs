namespace Trpo.Runtime.Operations;

/// <summary>A copy of groups of numbers that lie at other distances from each other in the input and in the output.</summary>
/// <param name="input">The input.</param>
/// <param name="inputStride">The distance of a group of the input from the next; 0 to repeat one group.</param>
/// <param name="output">The output.</param>
/// <param name="outputStride">The distance of a group of the output from the next.</param>
/// <param name="groups">The number of groups.</param>
/// <param name="length">The number of numbers of a group.</param>
internal sealed class RegroupOperation(Slot input, int inputStride, Slot output, int outputStride, int groups, int length) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        for (var group = 0; group < groups; group++)
            memory.Slice(input.Start + (group * inputStride), length).CopyTo(memory[(output.Start + (group * outputStride))..]);
    }
}

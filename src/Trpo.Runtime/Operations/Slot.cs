using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>The place of a value in the memory of a row, padded for vectors.</summary>
/// <param name="Start">The index of the first number.</param>
/// <param name="Length">The number of numbers, without the padding.</param>
internal readonly record struct Slot(int Start, int Length)
{
    /// <summary>Returns the numbers.</summary>
    public Span<float> In(Span<float> memory) => memory.Slice(Start, Length);

    /// <summary>Returns the numbers and their padding.</summary>
    public Span<float> PaddedIn(Span<float> memory) => memory.Slice(Start, RowKernel.Padded(Length));
}

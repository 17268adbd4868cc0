using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>A value of a graph that every row has for itself. Booleans are 0 and 1 in memory, and indices whole numbers.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Rank">1 for the shape <c>[N]</c>, 2 for <c>[N, length]</c>, 3 for <c>[N, groups, columns]</c>.</param>
/// <param name="Slot">Its place in the memory of the row; of three dimensions, that of the groups with the padding of each.</param>
internal sealed record RowValue(OnnxElementType Type, int Rank, Slot Slot)
{
    /// <summary>The number of elements in a row; of three dimensions, with the padding of the groups.</summary>
    public int Length => Slot.Length;

    /// <summary>True for three dimensions.</summary>
    public bool IsGrouped => Rank == 3;

    /// <summary>The size of the last dimension.</summary>
    public int Columns { get; init; } = Slot.Length;

    /// <summary>The number of groups; 1 for less than three dimensions.</summary>
    public int Groups => IsGrouped ? Length / RowKernel.Padded(Columns) : 1;
}

using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>A value of a graph that every row has for itself. Booleans are 0 and 1 in memory, and indices whole numbers.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Rank">1 for the shape <c>[N]</c>, 2 for <c>[N, length]</c>.</param>
/// <param name="Slot">Its place in the memory of the row.</param>
internal sealed record RowValue(OnnxElementType Type, int Rank, Slot Slot)
{
    /// <summary>The number of elements in a row.</summary>
    public int Length => Slot.Length;
}

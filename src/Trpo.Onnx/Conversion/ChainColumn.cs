using Microsoft.ML.Data;

namespace Trpo.Onnx.Conversion;

/// <summary>A column of the chain, as the graph has it: a value of shape <c>[N, length]</c>, with a length of 1 where the column is a scalar.</summary>
/// <param name="Value">The name of the value.</param>
/// <param name="Type">The type of the column. Keys are int64 in the graph, from 1, with 0 for a missing one.</param>
/// <param name="IsDense">
/// Whether ML.NET keeps the zeros of every row. Where it may leave them out, some of its transforms compute something else for a zero.
/// </param>
internal sealed record ChainColumn(string Value, DataViewType Type, bool IsDense)
{
    public int Length => (Type as VectorDataViewType)?.Size ?? 1;

    public DataViewType Item => (Type as VectorDataViewType)?.ItemType ?? Type;
}

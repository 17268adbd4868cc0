using Microsoft.ML.Data;

namespace Trpo.Onnx.Conversion;

/// <summary>A column of the chain as a value of the graph, of shape <c>[N, length]</c>; the length of a scalar is 1.</summary>
/// <param name="Value">The name of the value.</param>
/// <param name="Type">The type of the column. Keys are int64 behind the inputs of the graph, from 1; 0 is a missing key.</param>
/// <param name="IsDense">
/// True if ML.NET stores the zeros of every row. If it may omit them, some of its transforms compute a different result for an omitted zero.
/// </param>
internal sealed record ChainColumn(string Value, DataViewType Type, bool IsDense)
{
    public int Length => (Type as VectorDataViewType)?.Size ?? 1;

    public DataViewType Item => (Type as VectorDataViewType)?.ItemType ?? Type;
}

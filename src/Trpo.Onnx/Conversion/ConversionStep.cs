using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of one column that a transformer writes.</summary>
/// <param name="Transformer">The transformer.</param>
/// <param name="Graph">The graph that nodes are added to.</param>
/// <param name="Output">The column that is written.</param>
/// <param name="Sources">The columns that it is computed from, in order.</param>
/// <param name="Before">The schema in front of the transformer.</param>
/// <param name="After">The schema behind the transformer.</param>
internal sealed record ConversionStep(
    ITransformer Transformer, ChainGraph Graph, string Output, IReadOnlyList<ChainColumn> Sources, DataViewSchema Before, DataViewSchema After)
{
    /// <summary>The only column that the output is computed from.</summary>
    public ChainColumn Source => Sources[0];

    public DataType SourceType => ElementTypes.Of(Source.Item)!.Value;

    public DataViewType OutputType => After[Output].Type;

    /// <summary>Returns the output as a column whose zeros ML.NET may omit.</summary>
    public ChainColumn Sparse(string value) => new(value, OutputType, OutputType is not VectorDataViewType);

    /// <summary>Returns the output as a column that is stored like the source.</summary>
    public ChainColumn LikeSource(string value) => new(value, OutputType, Source.IsDense);

    [DoesNotReturn]
    public T Refuse<T>(string why) => throw Refusal.Of(Transformer, Output, why);
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>One column that a transformer writes, to be expressed.</summary>
/// <param name="Transformer">The transformer.</param>
/// <param name="Graph">Where nodes are added.</param>
/// <param name="Output">The column that is written.</param>
/// <param name="Sources">The columns that it is computed from, in order.</param>
/// <param name="Before">The columns that the transformer reads from.</param>
/// <param name="After">The columns behind the transformer.</param>
internal sealed record ConversionStep(
    ITransformer Transformer, ChainGraph Graph, string Output, IReadOnlyList<ChainColumn> Sources, DataViewSchema Before, DataViewSchema After)
{
    /// <summary>The only column that the output is computed from.</summary>
    public ChainColumn Source => Sources[0];

    public DataType SourceType => ElementTypes.Of(Source.Item)!.Value;

    public DataViewType OutputType => After[Output].Type;

    /// <summary>The output, as a column that ML.NET may store without its zeros.</summary>
    public ChainColumn Sparse(string value) => new(value, OutputType, OutputType is not VectorDataViewType);

    /// <summary>The output, as a column that is stored as the source is.</summary>
    public ChainColumn LikeSource(string value) => new(value, OutputType, Source.IsDense);

    [DoesNotReturn]
    public T Refuse<T>(string why) => throw Refusal.Of(Transformer, Output, why);
}

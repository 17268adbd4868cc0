using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>A one in the place of the key, and zeros elsewhere; those of a vector of keys one behind the other, or summed.</summary>
internal sealed class KeyToVectorConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var count = Keys.CountOf(step);
        var indicators = Keys.Indicators(step, first: 1, count);
        var isBag = MicrosoftMLInternals.IsBag((KeyToVectorMappingTransformer)step.Transformer, OneToOne.PlaceOf(step));
        return step.Sparse(isBag
            ? step.Graph.Node("ReduceSum", [indicators], ("axes", new[] { 1L }), ("keepdims", 0))
            : step.Graph.Node("Reshape", [indicators, step.Graph.Constant([0L, step.Source.Length * count], 2)]));
    }
}

using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of MapKeyToVector: one-hot encoding of a key. The encodings of a vector of keys are concatenated or summed.</summary>
internal sealed class KeyToVectorConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var count = Keys.CountOf(step);
        var indicators = Keys.Indicators(step, first: 1, count);
        var isBag = MicrosoftMLInternals.IsBag((KeyToVectorMappingTransformer)step.Transformer, OneToOne.IndexOf(step));
        return step.Sparse(isBag
            ? step.Graph.Node("ReduceSum", [indicators], ("axes", new[] { 1L }), ("keepdims", 0))
            : step.Graph.Node("Reshape", [indicators, step.Graph.Constant([0L, step.Source.Length * count], 2)]));
    }
}

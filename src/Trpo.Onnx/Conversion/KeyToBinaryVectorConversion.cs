using Microsoft.ML;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of MapKeyToBinaryVector: the bits of a key, from a table of the transformer's results for every key and for a missing one.</summary>
internal sealed class KeyToBinaryVectorConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var count = Keys.CountOf(step) + 1;
        var codes = Enumerable.Range(0, count).Select(key => ProbeRow.Run(step, key)).ToList();
        var bits = codes[0].Length / step.Source.Length;
        var table = step.Graph.Constant([.. codes.SelectMany(code => code[..bits])], DataType.Float, count, bits);
        var looked = step.Graph.Node("MatMul", [Keys.Indicators(step, first: 0, count), table]);
        return step.Sparse(step.Graph.Node("Reshape", [looked, step.Graph.Constant([0L, codes[0].Length], 2)]));
    }
}

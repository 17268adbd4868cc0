using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Graph;

/// <summary>The inputs, outputs and operators of an ONNX graph, for people and programs that look at a policy without running it.</summary>
/// <param name="Opset">The version of ONNX's operators.</param>
/// <param name="OtherOpsets">The versions of other sets of operators, by domain.</param>
/// <param name="Inputs">The inputs, such as <c>observation float[N, 4]</c>.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Operators">The number of nodes of each operator.</param>
/// <param name="Parameters">The number of values of all constants together.</param>
public sealed record GraphDescription(
    long Opset,
    IReadOnlyDictionary<string, long> OtherOpsets,
    IReadOnlyList<GraphValue> Inputs,
    IReadOnlyList<GraphValue> Outputs,
    IReadOnlyDictionary<string, int> Operators,
    long Parameters)
{
    private const string StandardDomain = "ai.onnx";

    /// <summary>Describes the graph of an exported policy.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or are damaged.</exception>
    public static GraphDescription FromOnnx(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        PolicyMetadata.FromOnnx(onnx);
        return Of(ModelProto.Parser.ParseFrom(onnx));
    }

    private static GraphDescription Of(ModelProto model)
    {
        var opsets = model.OpsetImport.ToDictionary(set => set.Domain.Length == 0 ? StandardDomain : set.Domain, set => set.Version);
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new GraphDescription(
            opsets.GetValueOrDefault(StandardDomain),
            opsets.Where(set => set.Key != StandardDomain).ToDictionary(),
            [.. model.Graph.Input.Where(input => !constants.Contains(input.Name)).Select(Value)],
            [.. model.Graph.Output.Select(Value)],
            model.Graph.Node.GroupBy(node => node.OpType).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            model.Graph.Initializer.Sum(tensor => tensor.Dims.Aggregate(1L, (product, length) => product * length)));
    }

    private static GraphValue Value(ValueInfoProto value)
    {
        var tensor = value.Type.TensorType;
        return new GraphValue(value.Name, ((TensorProto.Types.DataType)tensor.ElemType).ToString().ToLowerInvariant(), [.. tensor.Shape.Dim.Select(Length)]);
    }

    private static string Length(TensorShapeProto.Types.Dimension dimension) =>
        dimension.HasDimValue ? FormattableString.Invariant($"{dimension.DimValue}") : dimension.DimParam;
}

using System.Runtime.InteropServices;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Graph;

/// <summary>The constants of a policy's graph and the operators of its nodes, by the names of the values: what <see cref="OnnxGraphBuilder"/> was given.</summary>
public sealed class GraphContent
{
    private GraphContent(IReadOnlyDictionary<string, float[]> constants, IReadOnlyDictionary<string, string> operators) => (Constants, Operators) = (constants, operators);

    /// <summary>The constants of floats by name, row-major.</summary>
    public IReadOnlyDictionary<string, float[]> Constants { get; }

    /// <summary>The operators, such as <c>Gemm</c>, by the name of the first output of their node.</summary>
    public IReadOnlyDictionary<string, string> Operators { get; }

    /// <summary>Reads the graph of an exported policy.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or are damaged.</exception>
    public static GraphContent FromOnnx(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        PolicyMetadata.FromOnnx(onnx);
        var graph = ModelProto.Parser.ParseFrom(onnx).Graph;
        return new GraphContent(
            graph.Initializer.Where(tensor => tensor.DataType == (int)DataType.Float).ToDictionary(tensor => tensor.Name, Values, StringComparer.Ordinal),
            graph.Node.Where(node => node.Output.Count > 0).ToDictionary(node => node.Output[0], node => node.OpType, StringComparer.Ordinal));
    }

    private static float[] Values(TensorProto tensor) => tensor.HasRawData ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : [.. tensor.FloatData];
}

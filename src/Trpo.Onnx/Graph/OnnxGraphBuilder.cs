using System.Runtime.InteropServices;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// Builds an ONNX model node by node. Values are named by the strings that the methods take and return; the leading
/// dimension of every input and output is the symbolic batch size "N".
/// </summary>
public sealed class OnnxGraphBuilder(string name)
{
    /// <summary>Operator set 12, so that a preprocessing graph that ML.NET exported can be merged in front.</summary>
    public const int OpsetVersion = 12;

    /// <summary>The IR version that came with opset 12.</summary>
    public const int IrVersion = 7;

    private readonly GraphProto _graph = new() { Name = name };

    /// <summary>Declares an input of shape <c>float[N, length]</c>.</summary>
    public string Input(string value, int length, string documentation)
    {
        _graph.Input.Add(Describe(value, TensorProto.Types.DataType.Float, length, documentation));
        return value;
    }

    /// <summary>Declares an existing value as an output of shape <c>float[N, length]</c>.</summary>
    public void Output(string value, int length, string documentation) =>
        _graph.Output.Add(Describe(value, TensorProto.Types.DataType.Float, length, documentation));

    /// <summary>Declares an existing value as an output of shape <c>int64[N]</c>.</summary>
    public void IndexOutput(string value, string documentation) =>
        _graph.Output.Add(Describe(value, TensorProto.Types.DataType.Int64, null, documentation));

    /// <summary>Adds a constant tensor, row-major.</summary>
    public string Constant(string value, ReadOnlySpan<float> data, params ReadOnlySpan<int> dimensions)
    {
        var tensor = new TensorProto
        {
            Name = value,
            DataType = (int)TensorProto.Types.DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(data)),
        };
        foreach (var dimension in dimensions)
            tensor.Dims.Add(dimension);
        _graph.Initializer.Add(tensor);
        return value;
    }

    /// <summary>Adds a node with one output and returns that output's name.</summary>
    public string Node(string operation, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, long Value)> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        foreach (var input in inputs)
            node.Input.Add(input);
        node.Output.Add(output);
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(new AttributeProto { Name = attribute, I = value, Type = AttributeProto.Types.AttributeType.Int });
        _graph.Node.Add(node);
        return output;
    }

    /// <summary>The finished model. The same calls give the same bytes.</summary>
    public byte[] Build(string documentation, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Trpo.MLNet",
            ProducerVersion = typeof(OnnxGraphBuilder).Assembly.GetName().Version!.ToString(3),
            ModelVersion = 1,
            DocString = documentation,
            Graph = _graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OpsetVersion });
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return SealedModel.Seal(model);
    }

    private static ValueInfoProto Describe(string value, TensorProto.Types.DataType type, int? length, string documentation)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "N" });
        if (length is { } columns)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = columns });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = tensor }, DocString = documentation };
    }
}

using System.Runtime.InteropServices;
using Google.Protobuf;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>A collection of the nodes in front of a policy. The names of their values are a prefix and a counter.</summary>
internal sealed class ChainGraph(string prefix)
{
    private const string MachineLearning = "ai.onnx.ml";

    private int _values;

    /// <summary>The inputs of the graph.</summary>
    public List<ValueInfoProto> Inputs { get; } = [];

    /// <summary>The constants that the nodes read.</summary>
    public List<TensorProto> Constants { get; } = [];

    /// <summary>The nodes, in the order of their computation.</summary>
    public List<NodeProto> Nodes { get; } = [];

    /// <summary>Adds an input of shape <c>[N, length]</c>.</summary>
    public string Input(string name, DataType type, int length, string documentation)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = OnnxGraphBuilder.BatchSize }, new TensorShapeProto.Types.Dimension { DimValue = length } } };
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        Inputs.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor }, DocString = documentation });
        return name;
    }

    /// <summary>Adds an operator of opset 12 with one output.</summary>
    public string Node(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes) =>
        Add(operation, Next(operation), inputs, attributes).Output[0];

    /// <summary>Adds an operator of opset 12 with one output of a given name.</summary>
    public void NodeTo(string output, string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes) =>
        Add(operation, output, inputs, attributes);

    /// <summary>Adds a node that replaces each value in a list, of strings or int64s, by a number; 0 for a value that is not in the list.</summary>
    public string LabelEncoder(string input, string keysAttribute, OnnxAttribute keys, long[] results)
    {
        var node = Add("LabelEncoder", Next("LabelEncoder"), [input], [(keysAttribute, keys), ("values_int64s", results), ("default_int64", 0L)]);
        node.Domain = MachineLearning;
        return node.Output[0];
    }

    public string Cast(string input, DataType type) => Node("Cast", [input], ("to", (long)type));

    /// <summary>Adds a constant of numbers, as floats or doubles.</summary>
    public string Constant(ReadOnlySpan<double> data, DataType type, params ReadOnlySpan<int> dimensions)
    {
        if (type == DataType.Double)
            return AddConstant(MemoryMarshal.AsBytes(data), type, dimensions);
        var single = new float[data.Length];
        for (var i = 0; i < single.Length; i++)
            single[i] = (float)data[i];
        return AddConstant(MemoryMarshal.AsBytes(single.AsSpan()), type, dimensions);
    }

    public string Constant(ReadOnlySpan<long> data, params ReadOnlySpan<int> dimensions) =>
        AddConstant(MemoryMarshal.AsBytes(data), DataType.Int64, dimensions);

    public string Constant(ReadOnlySpan<bool> data, params ReadOnlySpan<int> dimensions) =>
        AddConstant(MemoryMarshal.AsBytes(data), DataType.Bool, dimensions);

    /// <summary>The operator sets that the nodes need beside the policy's own.</summary>
    public IEnumerable<OperatorSetIdProto> OperatorSets =>
        Nodes.Any(node => node.Domain == MachineLearning) ? [new OperatorSetIdProto { Domain = MachineLearning, Version = 2 }] : [];

    private string Next(string operation) => $"{prefix}{_values++}_{operation}";

    private NodeProto Add(string operation, string output, ReadOnlySpan<string> inputs, ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output, Output = { output } };
        foreach (var input in inputs)
            node.Input.Add(input);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(value.Named(name));
        Nodes.Add(node);
        return node;
    }

    private string AddConstant(ReadOnlySpan<byte> bytes, DataType type, ReadOnlySpan<int> dimensions)
    {
        var tensor = new TensorProto { Name = Next("Constant"), DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        foreach (var dimension in dimensions)
            tensor.Dims.Add(dimension);
        Constants.Add(tensor);
        return tensor.Name;
    }
}

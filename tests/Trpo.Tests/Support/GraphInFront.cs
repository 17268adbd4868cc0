using System.Runtime.InteropServices;
using Google.Protobuf;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Tests.Support;

/// <summary>Nodes in front of an exported policy, as whoever wants to do harm would put them there: the sum of their last value is added to the observation.</summary>
internal sealed class GraphInFront
{
    private readonly ModelProto _model = ModelProto.Parser.ParseFrom(Policies.Onnx(Policies.Choices));
    private readonly List<NodeProto> _nodes = [];

    public ModelProto Model => _model;

    /// <summary>Adds a node.</summary>
    public string Node(string operation, string output, string[] inputs, params (string Name, object Value)[] attributes) => Node("", operation, [output], inputs, attributes);

    public string Node(string domain, string operation, string[] outputs, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = outputs[0], Domain = domain };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        _nodes.Add(node);
        return outputs[0];
    }

    /// <summary>Adds a constant of int64s.</summary>
    public string Longs(string name, params long[] values) => Constant(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    /// <summary>Adds a scalar of int64.</summary>
    public string Long(string name, long value) => Constant(name, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes([value]));

    /// <summary>Adds a constant of floats, all of them 0.5.</summary>
    public string Floats(string name, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(values, 0.5f);
        return Constant(name, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values.AsSpan()), shape);
    }

    /// <summary>Adds a constant of texts.</summary>
    public string Texts(string name, params string[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.String };
        tensor.Dims.Add(values.Length);
        tensor.StringData.Add(values.Select(ByteString.CopyFromUtf8));
        _model.Graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Returns the model, sealed, with a number in front of its observation that depends on a value.</summary>
    public byte[] Build(string value)
    {
        Node("Cast", "front_numbers", [value], ("to", 1L));
        Node("ReduceSum", "front_sum", ["front_numbers"], ("keepdims", 0L));
        Node("Mul", "front_nothing", ["front_sum", Floats("front_half", 1)]);
        Node("Add", "front_shifted", [PolicyValues.Observation, "front_nothing"]);
        return Seal("front_shifted");
    }

    /// <summary>Returns the model, sealed, with the nodes that nothing reads.</summary>
    public byte[] BuildBeside() => Seal(PolicyValues.Observation);

    private byte[] Seal(string observation)
    {
        foreach (var node in _model.Graph.Node)
        {
            for (var i = 0; i < node.Input.Count; i++)
                node.Input[i] = node.Input[i] == PolicyValues.Observation ? observation : node.Input[i];
        }

        List<NodeProto> all = [.. _nodes, .. _model.Graph.Node];
        _model.Graph.Node.Clear();
        _model.Graph.Node.Add(all);
        foreach (var domain in all.Select(node => node.Domain).Distinct().Where(domain => domain.Length > 0))
            _model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = domain == "ai.onnx.ml" ? 2 : 1 });
        return SealedModel.Seal(_model);
    }

    private string Constant(string name, TensorProto.Types.DataType type, ReadOnlySpan<byte> data, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(data) };
        tensor.Dims.Add(shape);
        _model.Graph.Initializer.Add(tensor);
        return name;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long integer:
                (attribute.Type, attribute.I) = (AttributeType.Int, integer);
                break;
            case float number:
                (attribute.Type, attribute.F) = (AttributeType.Float, number);
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] integers:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.Add(integers);
                break;
            case float[] numbers:
                attribute.Type = AttributeType.Floats;
                attribute.Floats.Add(numbers);
                break;
            case string[] texts:
                attribute.Type = AttributeType.Strings;
                attribute.Strings.Add(texts.Select(ByteString.CopyFromUtf8));
                break;
            default:
                throw new ArgumentException($"An attribute of {value}.", nameof(value));
        }

        return attribute;
    }
}

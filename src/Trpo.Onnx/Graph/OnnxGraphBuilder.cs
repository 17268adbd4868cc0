using System.Runtime.InteropServices;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Graph;

/// <summary>
/// Builds an ONNX model node by node. Values are named by the strings that the methods take and return; each name is defined once. A node is added
/// after the nodes that compute its inputs. The leading dimension of every input and output is the symbolic batch size "N".
/// </summary>
public sealed class OnnxGraphBuilder
{
    /// <summary>Operator set 12, so that a preprocessing graph that ML.NET exported can be merged in front.</summary>
    public const int OpsetVersion = 12;

    /// <summary>The IR version that came with opset 12.</summary>
    public const int IrVersion = 7;

    /// <summary>The symbolic size of a batch.</summary>
    internal const string BatchSize = "N";

    private readonly GraphProto _graph;
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);

    /// <summary>Creates an empty graph.</summary>
    /// <param name="name">The name of the graph.</param>
    public OnnxGraphBuilder(string name) => _graph = new GraphProto { Name = name };

    /// <summary>Declares an input of shape <c>float[N, length]</c>.</summary>
    /// <param name="value">The name of the input.</param>
    /// <param name="length">The number of columns, at least 1.</param>
    /// <param name="documentation">The meaning of the input, for readers of the graph.</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <exception cref="ArgumentException">The graph has a value of that name, or the name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    public string Input(string value, int length, string documentation)
    {
        ArgumentNullException.ThrowIfNull(documentation);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Define(value, nameof(value));
        _graph.Input.Add(Describe(value, DataType.Float, length, documentation));
        return value;
    }

    /// <summary>Declares an existing value as an output of shape <c>float[N, length]</c>.</summary>
    /// <param name="value">The name of the value.</param>
    /// <param name="length">The number of columns, at least 1.</param>
    /// <param name="documentation">The meaning of the value, for readers of the graph.</param>
    /// <exception cref="ArgumentException">The value already is an output, or its name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    public void Output(string value, int length, string documentation) => AddOutput(value, DataType.Float, length, documentation);

    /// <summary>Declares an existing value as an output of shape <c>int64[N]</c> or <c>int64[N, length]</c>.</summary>
    /// <param name="value">The name of the value.</param>
    /// <param name="documentation">The meaning of the value, for readers of the graph.</param>
    /// <param name="length">The number of columns, at least 1; null for the shape <c>[N]</c>.</param>
    /// <exception cref="ArgumentException">The value already is an output, or its name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    public void IndexOutput(string value, string documentation, int? length = null) => AddOutput(value, DataType.Int64, length, documentation);

    /// <summary>Adds a constant tensor of floats. A list of integer literals selects the overload for int64: write <c>1f</c> for floats.</summary>
    /// <param name="value">The name of the constant.</param>
    /// <param name="data">Its values, row-major.</param>
    /// <param name="dimensions">Its shape; empty for a scalar.</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <exception cref="ArgumentException">The graph has a value of that name, the name is empty, or the number of values does not match the shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    public string Constant(string value, ReadOnlySpan<float> data, params ReadOnlySpan<int> dimensions) =>
        AddConstant(value, DataType.Float, data, dimensions);

    /// <summary>Adds a constant tensor of int64s, as operators like Slice and Reshape need it.</summary>
    /// <param name="value">The name of the constant.</param>
    /// <param name="data">Its values, row-major.</param>
    /// <param name="dimensions">Its shape; empty for a scalar.</param>
    /// <returns><paramref name="value"/>.</returns>
    /// <exception cref="ArgumentException">The graph has a value of that name, the name is empty, or the number of values does not match the shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    public string Constant(string value, ReadOnlySpan<long> data, params ReadOnlySpan<int> dimensions) =>
        AddConstant(value, DataType.Int64, data, dimensions);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The operator, of opset 12, such as "Gemm".</param>
    /// <param name="output">The name of the output.</param>
    /// <param name="inputs">The names of the inputs, each defined before; an empty name omits an optional input.</param>
    /// <param name="attributes">The operator's attributes.</param>
    /// <returns><paramref name="output"/>.</returns>
    /// <exception cref="ArgumentException">The graph has a value named <paramref name="output"/>, a name is empty, or an attribute has no value.</exception>
    public string Node(string operation, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        Node(operation, [output], inputs, attributes);
        return output;
    }

    /// <summary>Adds a node with several outputs, such as Split.</summary>
    /// <param name="operation">The operator, of opset 12, such as "Split".</param>
    /// <param name="outputs">The names of the outputs, at least one.</param>
    /// <param name="inputs">The names of the inputs, each defined before; an empty name omits an optional input.</param>
    /// <param name="attributes">The operator's attributes.</param>
    /// <exception cref="ArgumentException">
    /// The graph has a value of the name of an output, there is no output, a name is empty, or an attribute has no value.
    /// </exception>
    public void Node(string operation, ReadOnlySpan<string> outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, OnnxAttribute Value)> attributes)
    {
        ArgumentException.ThrowIfNullOrEmpty(operation);
        if (outputs.IsEmpty)
            throw new ArgumentException($"The node {operation} has no output.", nameof(outputs));
        var node = new NodeProto { OpType = operation, Name = outputs[0] };
        foreach (var input in inputs)
            node.Input.Add(input);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(value.Named(name));
        foreach (var output in outputs)
        {
            Define(output, nameof(outputs));
            node.Output.Add(output);
        }

        _graph.Node.Add(node);
    }

    /// <summary>Builds the model of a policy. The same calls give the same bytes.</summary>
    /// <param name="documentation">The meaning of the model, for readers of the graph.</param>
    /// <param name="metadata">The description of the policy, which becomes the model's <c>metadata_props</c>.</param>
    public byte[] Build(string documentation, PolicyMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(documentation);
        ArgumentNullException.ThrowIfNull(metadata);
        return Build(documentation, metadata.ToProperties());
    }

    /// <summary>Builds a model with metadata of any kind.</summary>
    internal byte[] Build(string documentation, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        _graph.DocString = documentation;
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

    private void Define(string value, string parameterName)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, parameterName);
        if (!_values.Add(value))
            throw new ArgumentException($"The graph already has a value named '{value}'.", parameterName);
    }

    private void AddOutput(string value, DataType type, int? length, string documentation)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        ArgumentNullException.ThrowIfNull(documentation);
        if (length is { } columns)
            ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1, nameof(length));
        if (!_outputs.Add(value))
            throw new ArgumentException($"The value '{value}' already is an output of the graph.", nameof(value));
        _graph.Output.Add(Describe(value, type, length, documentation));
    }

    private string AddConstant<T>(string value, DataType type, ReadOnlySpan<T> data, ReadOnlySpan<int> dimensions) where T : unmanaged
    {
        var tensor = new TensorProto { Name = value, DataType = (int)type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(data)) };
        var size = 1L;
        foreach (var dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            tensor.Dims.Add(dimension);
            size *= dimension;
        }

        if (size != data.Length)
            throw new ArgumentException($"The constant '{value}' has {data.Length} values, but the shape [{string.Join(", ", tensor.Dims)}].", nameof(dimensions));
        Define(value, nameof(value));
        _graph.Initializer.Add(tensor);
        return value;
    }

    private static ValueInfoProto Describe(string value, DataType type, int? length, string documentation)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = BatchSize });
        if (length is { } columns)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = columns });
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape };
        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = tensor }, DocString = documentation };
    }
}

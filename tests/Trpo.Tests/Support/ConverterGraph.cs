using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Support;

/// <summary>
/// Builds a model as ML.NET's converter does: operators of ONNX and of ai.onnx.ml, -1 for the number of rows, values as lists instead of
/// bytes, no documentation, and every column, read or not, passed through to an output "column.output".
/// </summary>
internal sealed class ConverterGraph
{
    public ConverterGraph(long opset = 12)
    {
        Model = new ModelProto { IrVersion = 6, ProducerName = "ML.NET", ProducerVersion = "5.0.1", Domain = "com.test", ModelVersion = 0, Graph = new GraphProto { Name = "model" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 });
        Model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    public ModelProto Model { get; }

    public GraphProto Graph => Model.Graph;

    public MemoryStream Stream => new(Model.ToByteArray());

    /// <summary>A column of raw data.</summary>
    public string Input(string name, DataType type, params long[] dimensions)
    {
        Graph.Input.Add(Value(name, type, dimensions));
        return name;
    }

    /// <summary>A column that is passed through, or a computed one that becomes an output.</summary>
    public void Output(string column, string value, DataType type, long length)
    {
        Node("Identity", "", $"{column}.output", [value]);
        Graph.Output.Add(Value($"{column}.output", type, [-1, length]));
    }

    public string Node(string operation, string domain, string output, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Domain = domain, Name = $"{operation}{Graph.Node.Count(other => other.OpType == operation)}", Input = { inputs }, Output = { output } };
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        Graph.Node.Add(node);
        return output;
    }

    public string Constant(string name, params float[] values)
    {
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Float, Dims = { values.Length }, FloatData = { values } });
        return name;
    }

    public string Constant(string name, params long[] values)
    {
        Graph.Initializer.Add(new TensorProto { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length }, Int64Data = { values } });
        return name;
    }

    public static ValueInfoProto Value(string name, DataType type, params long[] dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dimensions.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int number => new AttributeProto { Name = name, Type = AttributeType.Int, I = number },
        long[] numbers => new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { numbers } },
        string[] texts => new AttributeProto { Name = name, Type = AttributeType.Strings, Strings = { texts.Select(ByteString.CopyFromUtf8) } },
        GraphProto graph => new AttributeProto { Name = name, Type = AttributeType.Graph, G = graph },
        _ => throw new ArgumentException($"{value.GetType()} is no attribute here."),
    };
}

namespace Trpo.Runtime.Graph;

/// <summary>The graph of an ONNX model.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The nodes in their order.</summary>
    public List<OnnxNode> Nodes { get; } = [];

    /// <summary>The constants.</summary>
    public List<OnnxTensor> Initializers { get; } = [];

    /// <summary>The inputs.</summary>
    public List<OnnxValue> Inputs { get; } = [];

    /// <summary>The outputs.</summary>
    public List<OnnxValue> Outputs { get; } = [];

    /// <summary>Reads a graph.</summary>
    public static OnnxGraph Read(ReadOnlyMemory<byte> bytes)
    {
        var graph = new OnnxGraph();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            switch (number)
            {
                case 1:
                    graph.Nodes.Add(OnnxNode.Read(reader.Content()));
                    break;
                case 5:
                    graph.Initializers.Add(OnnxTensor.Read(reader.Content()));
                    break;
                case 11:
                    graph.Inputs.Add(OnnxValue.Read(reader.Content()));
                    break;
                case 12:
                    graph.Outputs.Add(OnnxValue.Read(reader.Content()));
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return graph;
    }
}

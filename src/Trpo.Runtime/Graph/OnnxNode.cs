namespace Trpo.Runtime.Graph;

/// <summary>A node of an ONNX graph.</summary>
internal sealed class OnnxNode
{
    /// <summary>The name, which may be empty.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The operator.</summary>
    public string Operation { get; private set; } = "";

    /// <summary>The domain of the operator; empty for ONNX's own.</summary>
    public string Domain { get; private set; } = "";

    /// <summary>The names of the inputs; empty for an optional one that is left out.</summary>
    public List<string> Inputs { get; } = [];

    /// <summary>The names of the outputs.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>The attributes.</summary>
    public List<OnnxAttributeValue> Attributes { get; } = [];

    /// <summary>Reads a node.</summary>
    public static OnnxNode Read(ReadOnlyMemory<byte> bytes)
    {
        var node = new OnnxNode();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, _) = reader.Tag();
            var content = reader.Content();
            switch (number)
            {
                case 1:
                    node.Inputs.Add(WireReader.Text(content.Span));
                    break;
                case 2:
                    node.Outputs.Add(WireReader.Text(content.Span));
                    break;
                case 3:
                    node.Name = WireReader.Text(content.Span);
                    break;
                case 4:
                    node.Operation = WireReader.Text(content.Span);
                    break;
                case 5:
                    node.Attributes.Add(OnnxAttributeValue.Read(content));
                    break;
                case 7:
                    node.Domain = WireReader.Text(content.Span);
                    break;
            }
        }

        return node;
    }
}

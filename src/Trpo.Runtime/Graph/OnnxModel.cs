namespace Trpo.Runtime.Graph;

/// <summary>An ONNX model as it is read from bytes whose fields were checked.</summary>
internal sealed class OnnxModel
{
    private OnnxModel()
    {
    }

    /// <summary>The version of the format.</summary>
    public long IrVersion { get; private set; }

    /// <summary>The graph; null where the model has none.</summary>
    public OnnxGraph? Graph { get; private set; }

    /// <summary>The sets of operators that the model imports.</summary>
    public List<(string Domain, long Version)> Opsets { get; } = [];

    /// <summary>The metadata.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a model, or have fields that policies do not use.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> bytes)
    {
        ModelFields.Check(bytes);
        var model = new OnnxModel();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            switch (number)
            {
                case 1:
                    model.IrVersion = (long)reader.Varint();
                    break;
                case 7:
                    model.Graph = OnnxGraph.Read(reader.Content());
                    break;
                case 8:
                    model.Opsets.Add(ReadOpset(reader.Content()));
                    break;
                case OnnxSchema.MetadataField:
                    var (key, value) = ReadEntry(reader.Content());
                    if (!model.Metadata.TryAdd(key, value))
                        throw new InvalidDataException($"The model's metadata has '{key}' twice.");
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return model;
    }

    /// <summary>Reads a pair of the metadata.</summary>
    public static (string Key, string Value) ReadEntry(ReadOnlyMemory<byte> entry)
    {
        var (key, value) = ("", "");
        var reader = new WireReader(entry);
        while (!reader.IsAtEnd)
        {
            var (number, _) = reader.Tag();
            var text = WireReader.Text(reader.Content().Span);
            if (number == 1)
                key = text;
            else
                value = text;
        }

        return (key, value);
    }

    private static (string Domain, long Version) ReadOpset(ReadOnlyMemory<byte> opset)
    {
        var (domain, version) = ("", 0L);
        var reader = new WireReader(opset);
        while (!reader.IsAtEnd)
        {
            var (number, _) = reader.Tag();
            if (number == 1)
                domain = WireReader.Text(reader.Content().Span);
            else
                version = (long)reader.Varint();
        }

        return (domain, version);
    }
}

namespace Trpo.Runtime.Graph;

/// <summary>An input or output of an ONNX graph.</summary>
/// <param name="Name">The name.</param>
/// <param name="ElementType">The type of its values; undefined where it is no tensor.</param>
/// <param name="Dimensions">The dimensions; null for one that is free.</param>
internal sealed record OnnxValue(string Name, OnnxElementType ElementType, IReadOnlyList<long?> Dimensions)
{
    /// <summary>Reads an input or output.</summary>
    public static OnnxValue Read(ReadOnlyMemory<byte> bytes)
    {
        var name = "";
        var tensor = ReadOnlyMemory<byte>.Empty;
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, _) = reader.Tag();
            var content = reader.Content();
            if (number == 1)
                name = WireReader.Text(content.Span);
            else if (number == 2)
                tensor = First(content);
        }

        var (type, dimensions) = (OnnxElementType.Undefined, (IReadOnlyList<long?>)[]);
        reader = new WireReader(tensor);
        while (!reader.IsAtEnd)
        {
            if (reader.Tag().Number == 1)
                type = (OnnxElementType)(int)reader.Varint();
            else
                dimensions = ReadShape(reader.Content());
        }

        return new OnnxValue(name, type, dimensions);
    }

    // The tensor is the first field of the type.
    private static ReadOnlyMemory<byte> First(ReadOnlyMemory<byte> type)
    {
        var reader = new WireReader(type);
        while (!reader.IsAtEnd)
        {
            var (number, _) = reader.Tag();
            var content = reader.Content();
            if (number == 1)
                return content;
        }

        return default;
    }

    private static List<long?> ReadShape(ReadOnlyMemory<byte> shape)
    {
        var dimensions = new List<long?>();
        var reader = new WireReader(shape);
        while (!reader.IsAtEnd)
        {
            reader.Tag();
            long? length = null;
            var dimension = new WireReader(reader.Content());
            while (!dimension.IsAtEnd)
            {
                var (number, wireType) = dimension.Tag();
                if (number == 1)
                    length = (long)dimension.Varint();
                else
                    dimension.Skip(wireType);
            }

            dimensions.Add(length);
        }

        return dimensions;
    }
}

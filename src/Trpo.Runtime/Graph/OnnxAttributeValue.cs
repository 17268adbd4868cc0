namespace Trpo.Runtime.Graph;

/// <summary>An attribute of a node as it is read.</summary>
internal sealed class OnnxAttributeValue
{
    /// <summary>The name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The integer; null where the attribute has none.</summary>
    public long? Integer { get; private set; }

    /// <summary>The number; null where the attribute has none.</summary>
    public float? Number { get; private set; }

    /// <summary>The list of integers.</summary>
    public List<long> Integers { get; } = [];

    /// <summary>The tensors.</summary>
    public List<OnnxTensor> Tensors { get; } = [];

    /// <summary>Reads an attribute.</summary>
    public static OnnxAttributeValue Read(ReadOnlyMemory<byte> bytes)
    {
        var attribute = new OnnxAttributeValue();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            switch (number)
            {
                case 1:
                    attribute.Name = WireReader.Text(reader.Content().Span);
                    break;
                case 2:
                    attribute.Number = reader.Single();
                    break;
                case 3:
                    attribute.Integer = (long)reader.Varint();
                    break;
                case 5 or 10:
                    attribute.Tensors.Add(OnnxTensor.Read(reader.Content()));
                    break;
                case 8:
                    OnnxTensor.ReadIntegers(ref reader, wireType, attribute.Integers);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return attribute;
    }
}

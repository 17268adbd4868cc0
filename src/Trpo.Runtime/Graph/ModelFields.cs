namespace Trpo.Runtime.Graph;

/// <summary>
/// Checks the bytes of a model before objects are created from them: only fields that policies use may occur, each of them once where it has one
/// value, in limited depth and number. A parser creates objects of a hundred bytes from fields of two, and an engine may act on fields that are not
/// known here.
/// </summary>
internal static class ModelFields
{
    /// <summary>The maximum number of nodes, tensors, names and other fields with a length prefix.</summary>
    public const int MaxParts = 200_000;

    /// <summary>The maximum length of the metadata in bytes.</summary>
    public const int MaxMetadata = 16 << 20;

    /// <summary>Checks a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a model, or have fields that policies do not use; the message names them.</exception>
    public static void Check(ReadOnlyMemory<byte> model)
    {
        var parts = MaxParts;
        Check(model, OnnxSchema.Model, ref parts);
        CheckMetadata(model);
    }

    // Texts become twice as long in memory, and JSON many times.
    private static void CheckMetadata(ReadOnlyMemory<byte> model)
    {
        var length = 0L;
        var reader = new WireReader(model);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            if (number == OnnxSchema.MetadataField)
                length += reader.Content().Length;
            else
                reader.Skip(wireType);
        }

        if (length > MaxMetadata)
            throw new InvalidDataException($"The model's metadata have {length} bytes, and {MaxMetadata} are admitted.");
    }

    // The messages of the schema do not contain themselves, which bounds the depth.
    private static void Check(ReadOnlyMemory<byte> message, OnnxMessage type, ref int parts)
    {
        var seen = 0u;
        var reader = new WireReader(message);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            var field = type.Find(number);
            if (wireType != field.WireType && !(wireType == 2 && field.IsPackable))
                throw WireReader.Malformed();
            if (wireType == 2)
                Check(reader.Content(), field, ref parts);
            else
                reader.Skip(wireType);
            if (!field.IsRepeated && (seen & (1u << number)) != 0)
                throw new InvalidDataException($"The bytes are not an ONNX model: field {number} of a {type.Name} occurs twice.");
            seen |= 1u << number;
        }
    }

    private static void Check(ReadOnlyMemory<byte> content, OnnxField field, ref int parts)
    {
        if (--parts < 0)
            throw new InvalidDataException($"The model has more than {MaxParts} parts.");
        if (field.Message is { } inner)
            Check(content, inner, ref parts);
        else if (field.IsPackable)
            CheckPacked(content, field.WireType);
    }

    private static void CheckPacked(ReadOnlyMemory<byte> values, int wireType)
    {
        var reader = new WireReader(values);
        while (!reader.IsAtEnd)
            reader.Skip(wireType);
    }
}

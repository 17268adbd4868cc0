namespace Trpo.Runtime.Graph;

/// <summary>
/// Models in one canonical form of bytes: fields in the order of their numbers, numbers packed, defaults left out. The form is what the exporter
/// writes. Programs that read a model and write it again, as Python's <c>onnx</c> does, give the same fields in other bytes.
/// </summary>
internal static class CanonicalModel
{
    /// <summary>Returns the canonical form of a model.</summary>
    /// <param name="model">A model whose fields were checked (<see cref="ModelFields"/>).</param>
    /// <param name="isKept">Selects the entries of the metadata that are kept.</param>
    /// <exception cref="InvalidDataException">A text is not in UTF-8.</exception>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> model, Func<ReadOnlyMemory<byte>, bool> isKept) => Write(model, OnnxSchema.Model, isKept);

    private static ReadOnlyMemory<byte> Write(ReadOnlyMemory<byte> message, OnnxMessage type, Func<ReadOnlyMemory<byte>, bool>? isKept)
    {
        var writer = new WireWriter();
        foreach (var field in type.Fields)
        {
            var filter = isKept is not null && field.Number == OnnxSchema.MetadataField ? isKept : null;
            if (field.IsPackable)
                WritePacked(writer, message, field);
            else
                WriteEach(writer, message, field, filter);
        }

        return writer.Written;
    }

    private static void WriteEach(WireWriter writer, ReadOnlyMemory<byte> message, OnnxField field, Func<ReadOnlyMemory<byte>, bool>? isKept)
    {
        var reader = new WireReader(message);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            if (number != field.Number)
            {
                reader.Skip(wireType);
                continue;
            }

            if (wireType != 2)
            {
                var value = Value(ref reader, field);
                if (value != 0 || field.HasPresence)
                {
                    writer.Tag(number, wireType);
                    writer.Number(value, field);
                }

                continue;
            }

            var content = reader.Content();
            if (isKept is not null && !isKept(content))
                continue;
            if (field.Kind == FieldKind.Text)
                WireReader.Text(content.Span);
            if (field.Message is { } inner)
                content = Write(content, inner, isKept: null);
            if (content.Length > 0 || field.HasPresence || field.IsRepeated)
            {
                writer.Tag(number, wireType);
                writer.Content(content.Span);
            }
        }
    }

    private static void WritePacked(WireWriter writer, ReadOnlyMemory<byte> message, OnnxField field)
    {
        var values = new WireWriter();
        var reader = new WireReader(message);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            if (number != field.Number)
            {
                reader.Skip(wireType);
            }
            else if (wireType == 2)
            {
                var packed = new WireReader(reader.Content());
                while (!packed.IsAtEnd)
                    values.Number(Value(ref packed, field), field);
            }
            else
            {
                values.Number(Value(ref reader, field), field);
            }
        }

        if (values.Written.IsEmpty)
            return;
        writer.Tag(field.Number, 2);
        writer.Content(values.Written.Span);
    }

    private static ulong Value(ref WireReader reader, OnnxField field) => field.Kind switch
    {
        // More than 32 bits are cut off, and the sign is extended, as parsers of the format do.
        FieldKind.Int32 => (ulong)(long)(int)reader.Varint(),
        FieldKind.Int64 => reader.Varint(),
        FieldKind.Single => BitConverter.SingleToUInt32Bits(reader.Single()),
        _ => BitConverter.DoubleToUInt64Bits(reader.Double()),
    };
}

using System.Buffers.Binary;
using System.Text;

namespace Trpo.OnnxContract;

/// <summary>The fields of a model that OnnxRuntime does not expose, read from the bytes by the field numbers of ONNX's specification.</summary>
internal sealed class ModelHeader
{
    private const int IrVersionField = 1;
    private const int GraphField = 7;
    private const int OpsetField = 8;
    private const int InputField = 11;
    private const int OutputField = 12;

    public long IrVersion { get; private set; }

    /// <summary>The operator sets, by their domains.</summary>
    public Dictionary<string, long> Opsets { get; } = [];

    /// <summary>The documentation of the inputs and outputs, by their names.</summary>
    public Dictionary<string, string> Documentation { get; } = [];

    public static ModelHeader Read(ReadOnlyMemory<byte> model)
    {
        var header = new ModelHeader();
        foreach (var (field, number, bytes) in Fields(model))
        {
            if (field == IrVersionField)
                header.IrVersion = (long)number;
            else if (field == OpsetField)
                header.Opsets.Add(Text(bytes, 1), (long)Fields(bytes).Single(part => part.Field == 2).Number);
            else if (field == GraphField)
                header.ReadGraph(bytes);
        }

        return header;
    }

    private void ReadGraph(ReadOnlyMemory<byte> graph)
    {
        foreach (var (_, _, value) in Fields(graph).Where(part => part.Field is InputField or OutputField))
            Documentation.Add(Text(value, 1), Text(value, 3));
    }

    private static string Text(ReadOnlyMemory<byte> message, int field) =>
        Encoding.UTF8.GetString(Fields(message).FirstOrDefault(part => part.Field == field).Bytes.Span);

    // The wire format of protocol buffers: a key of field and kind, then a number, 8 bytes, a counted string of bytes or 4 bytes.
    private static IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        while (!message.IsEmpty)
        {
            var key = Number(ref message);
            var kind = (int)(key & 7);
            var number = kind switch
            {
                0 => Number(ref message),
                1 => BinaryPrimitives.ReadUInt64LittleEndian(message.Span),
                2 => Number(ref message),
                5 => BinaryPrimitives.ReadUInt32LittleEndian(message.Span),
                _ => throw new InvalidDataException($"A field of kind {kind}."),
            };
            var length = kind switch { 1 => 8, 2 => checked((int)number), 5 => 4, _ => 0 };
            yield return ((int)(key >> 3), number, message[..length]);
            message = message[length..];
        }
    }

    private static ulong Number(ref ReadOnlyMemory<byte> message)
    {
        var number = 0UL;
        for (var i = 0; ; i++)
        {
            var part = message.Span[i];
            number |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80)
                continue;
            message = message[(i + 1)..];
            return number;
        }
    }
}

using System.Buffers;
using System.Buffers.Binary;

namespace Trpo.Runtime.Graph;

/// <summary>Writes the fields of one message in the wire format of protocol buffers.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The bytes written so far.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Writes the number and the wire type of a field.</summary>
    public void Tag(int number, int wireType) => Varint(((ulong)number << 3) | (uint)wireType);

    /// <summary>Writes a length and as many bytes.</summary>
    public void Content(ReadOnlySpan<byte> content)
    {
        Varint((ulong)content.Length);
        _bytes.Write(content);
    }

    /// <summary>Writes the bits of a number as its field has them.</summary>
    public void Number(ulong bits, OnnxField field)
    {
        switch (field.WireType)
        {
            case 0:
                Varint(bits);
                break;
            case 5:
                BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(4), (uint)bits);
                _bytes.Advance(4);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(8), bits);
                _bytes.Advance(8);
                break;
        }
    }

    private void Varint(ulong value)
    {
        var span = _bytes.GetSpan(10);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}

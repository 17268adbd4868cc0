using System.Buffers.Binary;
using System.Text;

namespace Trpo.Runtime.Graph;

/// <summary>Reads the fields of one message in the wire format of protocol buffers.</summary>
internal struct WireReader(ReadOnlyMemory<byte> message)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlyMemory<byte> _rest = message;

    /// <summary>True if all has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The number of bytes that have not been read.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>Returns the text that bytes encode.</summary>
    /// <exception cref="InvalidDataException">The bytes are not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("The bytes are not an ONNX model: a text is not in UTF-8.", exception);
        }
    }

    /// <summary>Reads the number and the wire type of the next field.</summary>
    public (int Number, int WireType) Tag()
    {
        var tag = Varint();
        if (tag is < 8 or > int.MaxValue)
            throw Malformed();
        return ((int)(tag >> 3), (int)(tag & 7));
    }

    /// <summary>Reads an integer of up to 64 bits.</summary>
    public ulong Varint()
    {
        var bytes = _rest.Span;
        var value = 0UL;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    /// <summary>Reads a number of 4 bytes.</summary>
    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(4).Span);

    /// <summary>Reads a number of 8 bytes.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8).Span);

    /// <summary>Reads a length and as many bytes.</summary>
    public ReadOnlyMemory<byte> Content() => Take(Varint());

    /// <summary>Reads a value without looking at it.</summary>
    /// <param name="wireType">Its wire type.</param>
    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 5:
                Take(4);
                break;
            default:
                Content();
                break;
        }
    }

    /// <summary>Creates the exception for bytes that are not a model.</summary>
    public static InvalidDataException Malformed() => new("The bytes are not an ONNX model, or are cut short.");

    private ReadOnlyMemory<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw Malformed();
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}

using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Trpo.Estimators.Pipelines;

/// <summary>The header of a part of an ML.NET model: the loader that it asks for, and the strings and values that the loader receives.</summary>
/// <param name="Format">The signature of the values, the version of their layout and the earliest version that can read it, such as "XF CHAIN 10001 10001".</param>
/// <param name="Loader">The name of the loader; empty if the part that contains it reads it.</param>
/// <param name="AlternativeLoader">The name of the loader that ML.NET looks for if there is none of the first name; usually empty.</param>
/// <param name="Assembly">The full name of the assembly of the loader, which ML.NET loads.</param>
/// <param name="Strings">The table of strings.</param>
/// <param name="Model">The values of the part.</param>
internal sealed record PartHeader(string Format, string Loader, string AlternativeLoader, string Assembly, ImmutableArray<string> Strings, ReadOnlyMemory<byte> Model)
{
    private const int Length = 256;
    private const int TailLength = 8;
    private const int ReservedOffset = 0x9C;
    private const uint Version = 0x00010002;

    /// <summary>The bytes that a header begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "ML\0MODEL"u8;

    private static ReadOnlySpan<byte> Tail => "LEDOM\0LM"u8;

    /// <summary>Reads a part that is laid out exactly as ML.NET writes it, without gaps and with nothing behind it.</summary>
    /// <param name="bytes">The entry of the part.</param>
    /// <exception cref="InvalidDataException">The layout is another one.</exception>
    public static PartHeader Read(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < Length + TailLength || !span.StartsWith(Signature))
            throw new InvalidDataException("it has no header of a model");
        if (Word(span, 0x08) != Version || Word(span, 0x0C) != Version)
            throw new InvalidDataException("its header has another version than this library reads");

        // Every block begins where the one before it ends, so that ML.NET cannot read other bytes than are checked here.
        var model = Block(span, 0x10, Size(span, 0x18), Length);
        var hasStrings = Size(span, 0x20) != 0;
        var table = hasStrings ? Block(span, 0x20, Size(span, 0x28), model.End.Value) : NoBlock(span, 0x28, model);
        var characters = hasStrings ? Block(span, 0x30, Size(span, 0x38), table.End.Value) : NoBlock(span, 0x38, NoBlock(span, 0x30, table));
        var assembly = Block(span, 0x90, Word(span, 0x98), characters.End.Value);
        var tail = Block(span, 0x80, TailLength, assembly.End.Value);
        if (Size(span, 0x88) != tail.End.Value || tail.End.Value != span.Length || !span[tail].SequenceEqual(Tail) || span[ReservedOffset..Length].ContainsAnyExcept((byte)0))
            throw Damaged();

        // ML.NET writes zeros for the spaces of a signature.
        var format = FormattableString.Invariant($"{Encoding.Latin1.GetString(span.Slice(0x40, 8)).Replace('\0', ' ')} {Word(span, 0x48):X} {Word(span, 0x4C):X}");
        return new PartHeader(format, Name(span.Slice(0x50, 24)), Name(span.Slice(0x68, 24)), Text(span[assembly]), Table(span[table], span[characters]), bytes[model]);
    }

    private static Range Block(ReadOnlySpan<byte> span, int startOffset, long length, int start)
    {
        if (Size(span, startOffset) != start || length > span.Length - start)
            throw Damaged();
        return start..(start + (int)length);
    }

    private static Range NoBlock(ReadOnlySpan<byte> span, int offset, Range before) =>
        Size(span, offset) == 0 ? before.End..before.End : throw Damaged();

    private static uint Word(ReadOnlySpan<byte> span, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(span[offset..]);

    private static long Size(ReadOnlySpan<byte> span, int offset) =>
        BinaryPrimitives.ReadInt64LittleEndian(span[offset..]) is >= 0 and var size ? size : throw Damaged();

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        var name = bytes.TrimEnd((byte)0);
        return name.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? throw Damaged() : Encoding.ASCII.GetString(name);
    }

    private static ImmutableArray<string> Table(ReadOnlySpan<byte> limits, ReadOnlySpan<byte> characters)
    {
        if (limits.Length % sizeof(long) != 0)
            throw Damaged();
        var strings = ImmutableArray.CreateBuilder<string>(limits.Length / sizeof(long));
        var start = 0;
        for (var i = 0; i < limits.Length; i += sizeof(long))
        {
            var end = Size(limits, i);
            if (end < start || end > characters.Length)
                throw Damaged();
            strings.Add(Text(characters[start..(int)end]));
            start = (int)end;
        }

        return start == characters.Length ? strings.MoveToImmutable() : throw Damaged();
    }

    // Not Encoding.Unicode, which replaces what is no text: two different names would be equal.
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(char) != 0)
            throw Damaged();
        var text = new char[bytes.Length / sizeof(char)];
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(char))..]);
        return new string(text);
    }

    private static InvalidDataException Damaged() => new("its header is damaged");
}

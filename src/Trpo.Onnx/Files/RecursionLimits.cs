namespace Trpo.Onnx.Files;

/// <summary>
/// Limits of the content that ML.NET reads by recursion: types of values inside types, and formulas. A thread whose stack overflows ends the process, and
/// no exception reports it.
/// </summary>
internal static class RecursionLimits
{
    /// <summary>The maximum number of types that stand around another one. Real models have two at most, a vector and its keys.</summary>
    public const int MaxTypeDepth = 16;

    /// <summary>The maximum length of an entry with formulas; a level of a formula has two bytes at least.</summary>
    public const int MaxFormulaBytes = 32 << 10;

    /// <summary>The size of a stack that suffices for content within the limits, several times over. It is reserved, and used only as far as a loader descends.</summary>
    public const int StackBytes = 64 << 20;

    /// <summary>The maximum length of the bytes in which one type too many is found.</summary>
    public const int MaxTypeBytes = (MaxTypeDepth + 1) * (MaxSizeBytes + MaxPrefixBytes + 7);

    // Two numbers stand between the names of two types: the size of what describes the outer one, in seven bits a byte, and the length of the inner name.
    private const int MaxSizeBytes = 10;
    private const int MaxPrefixBytes = 5;

    // Every part with formulas has this signature in its header: the loader reads no other.
    private const int SignatureOffset = 0x40;

    private static ReadOnlySpan<byte> Header => "ML\0MODEL"u8;

    private static ReadOnlySpan<byte> Formulas => "EXPRTRNF"u8;

    // The types that have another one inside. The third, Key2, begins like the second.
    private static ReadOnlySpan<byte> Vector => "VBuffer"u8;

    private static ReadOnlySpan<byte> Key => "Key"u8;

    /// <summary>Returns the limit that content exceeds, in words; null for none.</summary>
    /// <param name="content">The content of an entry, or a part of it; successive parts have <see cref="MaxTypeBytes"/> bytes in common.</param>
    /// <param name="length">The length of the entry.</param>
    public static string? FindExcess(ReadOnlySpan<byte> content, long length) =>
        HasDeepType(content, Vector) || HasDeepType(content, Key) ? FormattableString.Invariant($"has types of values inside each other, more than {MaxTypeDepth} levels deep")
        : length > MaxFormulaBytes && HasFormulas(content) ? FormattableString.Invariant($"has formulas and {length} bytes, and {MaxFormulaBytes} is the maximum")
        : null;

    private static bool HasFormulas(ReadOnlySpan<byte> content)
    {
        int next;
        for (var place = 0; (next = content[place..].IndexOf(Formulas)) >= 0; place += next + Formulas.Length)
        {
            var header = place + next - SignatureOffset;
            if (header >= 0 && content[header..].StartsWith(Header))
                return true;
        }

        return false;
    }

    private static bool HasDeepType(ReadOnlySpan<byte> content, ReadOnlySpan<byte> outermost)
    {
        int next;
        for (var place = 0; (next = content[place..].IndexOf(outermost)) >= 0;)
        {
            place += next;
            if (Depth(content[place..], out var end) > MaxTypeDepth)
                return true;

            // The types within are not deeper than those around them: each byte is looked at once.
            place += end;
        }

        return false;
    }

    // ML.NET descends before it reads anything but names and sizes, so that no other byte stands between two levels. A text that has the names of types
    // in it has no such numbers between them.
    private static int Depth(ReadOnlySpan<byte> content, out int end)
    {
        end = NameLength(content);
        for (var depth = 1; ; depth++)
        {
            if (depth > MaxTypeDepth)
                return depth;
            var size = ReadNumber(content[end..], MaxSizeBytes, out _);
            var prefix = ReadNumber(content[(end + size)..], MaxPrefixBytes, out var length);
            var name = content[(end + size + prefix)..];
            if (size == 0 || prefix == 0 || length == 0 || (ulong)NameLength(name) != length)
                return depth;
            end += size + prefix + (int)length;
        }
    }

    // The length of the name that bytes begin with; 0 for no type that has another one inside.
    private static int NameLength(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Vector) ? Vector.Length
        : !bytes.StartsWith(Key) ? 0
        : bytes.Length > Key.Length && bytes[Key.Length] == (byte)'2' ? Key.Length + 1
        : Key.Length;

    // Returns how many bytes a number has; 0 if there is none. Numbers with more bytes than they need are valid.
    private static int ReadNumber(ReadOnlySpan<byte> bytes, int maxBytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < Math.Min(bytes.Length, maxBytes); i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
                return i + 1;
        }

        return 0;
    }
}

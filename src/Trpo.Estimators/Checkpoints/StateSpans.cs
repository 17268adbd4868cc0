using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trpo.Estimators.Checkpoints;

/// <summary>Arrays of numbers in a state: their length, then the elements as they are in memory, so that every bit comes back.</summary>
internal static class StateSpans
{
    public static void WriteSpan<T>(this BinaryWriter writer, ReadOnlySpan<T> values) where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads as many values as there is room for.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer.</exception>
    /// <exception cref="EndOfStreamException">The state ends before.</exception>
    public static void ReadSpan<T>(this BinaryReader reader, Span<T> values, string what) where T : unmanaged
    {
        var count = reader.ReadInt32();
        if (count != values.Length)
            throw new InvalidDataException($"There are {count} {what}, where {values.Length} are expected.");
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
        RequireBooleans(values, what);
    }

    /// <summary>Reads values, however many there are.</summary>
    /// <exception cref="InvalidDataException">There are more than the state can hold.</exception>
    public static T[] ReadArray<T>(this BinaryReader reader, string what) where T : unmanaged
    {
        var count = reader.ReadCount(Unsafe.SizeOf<T>(), what);
        var values = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        RequireBooleans<T>(values, what);
        return values;
    }

    /// <summary>Reads a number of things that take some bytes each, at the least.</summary>
    /// <exception cref="InvalidDataException">It is negative, or the state is too short for so many.</exception>
    public static int ReadCount(this BinaryReader reader, int bytesEach, string what)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / bytesEach)
            throw new InvalidDataException($"There cannot be {count} {what}.");
        return count;
    }

    /// <summary>Reads a number within bounds.</summary>
    /// <exception cref="InvalidDataException">It is beyond them.</exception>
    public static int ReadInt32(this BinaryReader reader, int least, int most, string what)
    {
        var value = reader.ReadInt32();
        return value >= least && value <= most ? value : throw new InvalidDataException($"{what} is {value}; it must be from {least} to {most}.");
    }

    /// <summary>Checks that all values are finite.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    public static void RequireFinite(ReadOnlySpan<double> values, string what)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                throw new InvalidDataException($"{value} is among the {what}.");
        }
    }

    // A truth value of another byte than 0 and 1 is neither true nor false.
    private static void RequireBooleans<T>(ReadOnlySpan<T> values, string what) where T : unmanaged
    {
        if (typeof(T) == typeof(bool) && MemoryMarshal.AsBytes(values).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new InvalidDataException($"The {what} are no truth values.");
    }
}

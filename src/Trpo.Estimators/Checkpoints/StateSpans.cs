using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trpo.Estimators.Checkpoints;

/// <summary>Reads and writes arrays of numbers in a state: the length, then the elements as they are in memory, so that every bit is restored.</summary>
internal static class StateSpans
{
    public static void WriteSpan<T>(this BinaryWriter writer, ReadOnlySpan<T> values) where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads values that fill a span.</summary>
    /// <exception cref="InvalidDataException">The state holds more or fewer values.</exception>
    /// <exception cref="EndOfStreamException">The state ends before.</exception>
    public static void ReadSpan<T>(this BinaryReader reader, Span<T> values, string what) where T : unmanaged
    {
        var count = reader.ReadInt32();
        if (count != values.Length)
            throw new InvalidDataException($"There are {count} {what}, where {values.Length} are expected.");
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
        RequireBooleans(values, what);
    }

    /// <summary>Reads an array of any length.</summary>
    /// <exception cref="InvalidDataException">The length exceeds the state.</exception>
    public static T[] ReadArray<T>(this BinaryReader reader, string what) where T : unmanaged
    {
        var count = reader.ReadCount(Unsafe.SizeOf<T>(), what);
        var values = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        RequireBooleans<T>(values, what);
        return values;
    }

    /// <summary>Reads the count of elements that take at least some bytes each.</summary>
    /// <exception cref="InvalidDataException">The count is negative, or the state is too short for it.</exception>
    public static int ReadCount(this BinaryReader reader, int bytesEach, string what)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / bytesEach)
            throw new InvalidDataException($"There cannot be {count} {what}.");
        return count;
    }

    /// <summary>Reads a number within bounds.</summary>
    /// <exception cref="InvalidDataException">The number is out of the bounds.</exception>
    public static int ReadInt32(this BinaryReader reader, int min, int max, string what)
    {
        var value = reader.ReadInt32();
        return value >= min && value <= max ? value : throw new InvalidDataException(FormattableString.Invariant($"{what} is {value}; it must be from {min} to {max}."));
    }

    /// <inheritdoc cref="ReadInt32"/>
    public static long ReadInt64(this BinaryReader reader, long min, long max, string what)
    {
        var value = reader.ReadInt64();
        return value >= min && value <= max ? value : throw new InvalidDataException(FormattableString.Invariant($"{what} is {value}; it must be from {min} to {max}."));
    }

    /// <inheritdoc cref="ReadInt32"/>
    public static double ReadDouble(this BinaryReader reader, double min, double max, string what)
    {
        var value = reader.ReadDouble();
        return value >= min && value <= max ? value : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{what} is {value:G6}; it must be from {min:G6} to {max:G6}."));
    }

    /// <summary>Checks that all values are finite.</summary>
    /// <exception cref="InvalidDataException">A value is not finite.</exception>
    public static void RequireFinite<T>(ReadOnlySpan<T> values, string what) where T : IFloatingPoint<T>
    {
        foreach (var value in values)
        {
            if (!T.IsFinite(value))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{value} is among the {what}; they must be finite."));
        }
    }

    /// <summary>Checks that no value is NaN. Infinite ones are sums that overflowed.</summary>
    /// <exception cref="InvalidDataException">A value is NaN.</exception>
    public static void RequireNumbers(ReadOnlySpan<double> values, string what)
    {
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                throw new InvalidDataException($"NaN is among the {what}.");
        }
    }

    /// <summary>Checks that all values are within bounds.</summary>
    /// <exception cref="InvalidDataException">A value is out of the bounds, or NaN.</exception>
    public static void RequireWithin(ReadOnlySpan<double> values, double min, double max, string what)
    {
        foreach (var value in values)
        {
            if (!(value >= min && value <= max))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{value:G6} is among the {what}; they must be from {min:G6} to {max:G6}."));
        }
    }

    // A bool of another byte than 0 and 1 is neither true nor false.
    private static void RequireBooleans<T>(ReadOnlySpan<T> values, string what) where T : unmanaged
    {
        if (typeof(T) == typeof(bool) && MemoryMarshal.AsBytes(values).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new InvalidDataException($"The {what} are not booleans.");
    }
}

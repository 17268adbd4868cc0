using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The form of messages between a training and its workers: numbers as they are in memory, little-endian, so that every bit arrives.</summary>
internal static class MessageFormat
{
    /// <summary>The version of the protocol, which changes with every message.</summary>
    public const int Version = 2;

    /// <summary>Writes a message.</summary>
    /// <param name="write">Writes the content.</param>
    /// <param name="capacity">The number of bytes to expect.</param>
    public static byte[] Write(Action<BinaryWriter> write, int capacity = 64)
    {
        using var stream = new MemoryStream(capacity);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        write(writer);
        writer.Flush();
        return stream.Length == stream.Capacity ? stream.GetBuffer() : stream.ToArray();
    }

    /// <summary>Opens a message.</summary>
    public static BinaryReader Open(byte[] message) => new(new MemoryStream(message, writable: false), Encoding.UTF8);

    /// <summary>Writes a value as it is in memory.</summary>
    public static void WriteValue<T>(this BinaryWriter writer, T value) where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Reads what <see cref="WriteValue"/> wrote.</summary>
    /// <exception cref="EndOfStreamException">The message ends before.</exception>
    public static T ReadValue<T>(this BinaryReader reader) where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Trpo.Tests.Support;

/// <summary>
/// An event of a TensorBoard file, read independently of the writer: checksums are computed bit by bit, and protocol buffers are parsed by their wire format.
/// </summary>
internal sealed record EventRecord(double WallTime, long Step, string? FileVersion, int? SessionStatus, IReadOnlyDictionary<string, float> Values)
{
    /// <summary>Reads the complete events of a file, which may be truncated. A wrong checksum fails the test.</summary>
    public static List<EventRecord> ReadAll(byte[] file)
    {
        List<EventRecord> events = [];
        var rest = file.AsSpan();
        while (rest.Length >= 12)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]), Is.EqualTo(Mask(Crc32C(rest[..8]))), "the checksum of a length");
            if (rest.Length < length + 16)
                break;
            var data = rest.Slice(12, length);
            Assert.That(BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]), Is.EqualTo(Mask(Crc32C(data))), "the checksum of data");
            events.Add(Parse(data));
            rest = rest[(length + 16)..];
        }

        return events;
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }

        return crc ^ 0xFFFFFFFFu;
    }

    public static uint Mask(uint crc) => unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);

    private static EventRecord Parse(ReadOnlySpan<byte> data)
    {
        var (wallTime, step, version, status) = (double.NaN, 0L, (string?)null, (int?)null);
        var values = new Dictionary<string, float>();
        while (!data.IsEmpty)
        {
            switch (Varint(ref data))
            {
                case (1 << 3) | 1:
                    wallTime = BinaryPrimitives.ReadDoubleLittleEndian(Take(ref data, 8));
                    break;
                case 2 << 3:
                    step = Varint(ref data);
                    break;
                case (3 << 3) | 2:
                    version = Encoding.UTF8.GetString(Take(ref data, (int)Varint(ref data)));
                    break;
                case (5 << 3) | 2:
                    ParseSummary(Take(ref data, (int)Varint(ref data)), values);
                    break;
                case (7 << 3) | 2:
                    var log = Take(ref data, (int)Varint(ref data));
                    Assert.That(Varint(ref log), Is.EqualTo(1 << 3));
                    status = (int)Varint(ref log);
                    break;
                case var tag:
                    throw new InvalidDataException($"An event has no field {tag >> 3} of wire type {tag & 7}.");
            }
        }

        return new EventRecord(wallTime, step, version, status, values);
    }

    private static void ParseSummary(ReadOnlySpan<byte> summary, Dictionary<string, float> values)
    {
        while (!summary.IsEmpty)
        {
            Assert.That(Varint(ref summary), Is.EqualTo((1 << 3) | 2));
            var value = Take(ref summary, (int)Varint(ref summary));
            Assert.That(Varint(ref value), Is.EqualTo((1 << 3) | 2));
            var tag = Encoding.UTF8.GetString(Take(ref value, (int)Varint(ref value)));
            Assert.That(Varint(ref value), Is.EqualTo((2 << 3) | 5));
            values.Add(tag, BinaryPrimitives.ReadSingleLittleEndian(Take(ref value, 4)));
            Assert.That(value.Length, Is.Zero);
        }
    }

    private static long Varint(ref ReadOnlySpan<byte> data)
    {
        var result = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var value = data[0];
            data = data[1..];
            result |= (long)(value & 0x7F) << shift;
            if (value < 0x80)
                return result;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data, int length)
    {
        var taken = data[..length];
        data = data[length..];
        return taken;
    }
}

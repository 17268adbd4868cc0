using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Trpo.Reports.TensorBoard;

/// <summary>
/// A file of records in TensorFlow's framing: the length as a little-endian uint64, its checksum, the data, its checksum. A file that was cut off within a record can be read up to that record.
/// </summary>
internal sealed class RecordFile(string path) : IDisposable
{
    private const int LengthBytes = sizeof(ulong);
    private const int ChecksumBytes = sizeof(uint);
    private const int FrameBytes = LengthBytes + 2 * ChecksumBytes;
    private const uint MaskDelta = 0xa282ead8;

    // Unbuffered, so that a record survives the process.
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    private byte[] _record = [];

    /// <summary>Appends a record.</summary>
    public void Append(IMessage message)
    {
        var length = message.CalculateSize();
        if (_record.Length < FrameBytes + length)
            _record = new byte[2 * (FrameBytes + length)];
        var record = _record.AsSpan(0, FrameBytes + length);
        var data = record.Slice(LengthBytes + ChecksumBytes, length);
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)length);
        BinaryPrimitives.WriteUInt32LittleEndian(record[LengthBytes..], MaskedChecksum(record[..LengthBytes]));
        message.WriteTo(data);
        BinaryPrimitives.WriteUInt32LittleEndian(record[^ChecksumBytes..], MaskedChecksum(data));
        _file.Write(record);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Computes TensorFlow's masked CRC-32C, which is rotated and shifted so that data may contain checksums.</summary>
    internal static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = Checksum(bytes);
        return ((crc >> 15) | (crc << 17)) + MaskDelta;
    }

    /// <summary>Computes the CRC-32C (Castagnoli).</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var value in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Trpo.Onnx.Files;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// A checkpoint as a file: a mark, the version of the format, the length of the content (little endian), the SHA-256 digest of all else, and the content. It is written aside, flushed to the
/// disk and renamed: whoever is killed meanwhile leaves the files that there were.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>The version of the format. What was written in another is refused.</summary>
    public const int Version = 1;

    private const int VersionPlace = 8;
    private const int LengthPlace = VersionPlace + sizeof(int);
    private const int DigestPlace = LengthPlace + sizeof(long);
    private const int ContentPlace = DigestPlace + SHA256.HashSizeInBytes;

    // An array's longest.
    private const int MostBytes = 0x7FFFFFC7;

    private static ReadOnlySpan<byte> Mark => "TRPO\u001aCP\n"u8;

    public static void Write(string path, CheckpointContent content)
    {
        var states = content.ToArray();
        var bytes = new byte[ContentPlace + states.Length];
        Mark.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionPlace), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(LengthPlace), states.Length);
        states.CopyTo(bytes, ContentPlace);
        Digest(bytes).CopyTo(bytes, DigestPlace);
        AtomicFile.Write(path, bytes);
    }

    /// <exception cref="CheckpointException">The file has another version.</exception>
    /// <exception cref="InvalidDataException">It is no checkpoint, or is damaged; the message says how.</exception>
    public static CheckpointContent Read(string path)
    {
        var bytes = BoundedFile.Read(path, MostBytes);
        if (bytes.Length < ContentPlace || !bytes.AsSpan().StartsWith(Mark))
            throw new InvalidDataException($"{path} is no checkpoint, or is cut short.");
        var digest = bytes.AsSpan(DigestPlace, SHA256.HashSizeInBytes).ToArray();
        bytes.AsSpan(DigestPlace, SHA256.HashSizeInBytes).Clear();
        if (!Digest(bytes).AsSpan().SequenceEqual(digest))
            throw new InvalidDataException($"{path} does not match its checksum: it was altered or cut short.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(VersionPlace));
        if (version != Version)
            throw new CheckpointException($"{path} is a checkpoint of version {version}, but this library goes on from those of version {Version}: use the library that wrote it.");
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(LengthPlace)) != bytes.Length - ContentPlace)
            throw new InvalidDataException($"{path} has another length than it says.");
        try
        {
            return CheckpointContent.Of(bytes[ContentPlace..]);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
    }

    // Of a file whose place for the digest is all zeros.
    private static byte[] Digest(byte[] bytes) => SHA256.HashData(bytes);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// A checkpoint as a file: a mark, the version of the format, the length of the content (little endian), the SHA-256 digest of all else, and the content. It is written aside, flushed to the
/// disk and renamed: a process that is killed meanwhile leaves the earlier files.
/// </summary>
internal static class CheckpointFile
{
    /// <summary>The version of the format. Files of other versions are refused.</summary>
    public const int Version = 6;

    private const int VersionOffset = 8;
    private const int LengthOffset = VersionOffset + sizeof(int);
    private const int DigestOffset = LengthOffset + sizeof(long);
    private const int ContentOffset = DigestOffset + SHA256.HashSizeInBytes;

    // The maximum length of an array of bytes.
    private const int MaxBytes = 0x7FFFFFC7;

    private static ReadOnlySpan<byte> Mark => "TRPO\u001aCP\n"u8;

    public static void Write(IFileSystem files, string path, CheckpointContent content)
    {
        var states = content.ToArray();
        var bytes = new byte[ContentOffset + states.Length];
        Mark.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionOffset), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(LengthOffset), states.Length);
        states.CopyTo(bytes, ContentOffset);
        Digest(bytes).CopyTo(bytes, DigestOffset);
        AtomicFile.Write(files, path, bytes);
    }

    /// <exception cref="CheckpointException">The file has another version.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or is damaged; the message says how.</exception>
    public static CheckpointContent Read(string path) => Parse(ReadBytes(path), path);

    /// <summary>Reads the bytes of a file, as many as a checkpoint can have.</summary>
    /// <exception cref="InvalidDataException">The file is longer.</exception>
    public static byte[] ReadBytes(string path) => BoundedFile.Read(path, MaxBytes);

    /// <summary>Reads a checkpoint from the bytes of its file.</summary>
    /// <param name="bytes">The bytes, which are changed.</param>
    /// <param name="path">The path of the file, for messages.</param>
    /// <exception cref="CheckpointException">The file has another version.</exception>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or is damaged; the message says how.</exception>
    public static CheckpointContent Parse(byte[] bytes, string path)
    {
        if (bytes.Length < ContentOffset || !bytes.AsSpan().StartsWith(Mark))
            throw new InvalidDataException($"{path} is not a checkpoint, or is truncated.");
        var digest = bytes.AsSpan(DigestOffset, SHA256.HashSizeInBytes).ToArray();
        bytes.AsSpan(DigestOffset, SHA256.HashSizeInBytes).Clear();
        if (!Digest(bytes).AsSpan().SequenceEqual(digest))
            throw new InvalidDataException($"{path} does not match its checksum: it was altered or truncated.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(VersionOffset));
        if (version != Version)
            throw new CheckpointException($"{path} is a checkpoint of format {version}, but this library resumes from format {Version}: finish the run with the library that wrote it, or start a new run in another folder.");
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(LengthOffset)) != bytes.Length - ContentOffset)
            throw new InvalidDataException($"{path} has another length than its header states.");
        try
        {
            return CheckpointContent.Of(bytes[ContentOffset..]);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path} is damaged: {exception.Message}", exception);
        }
    }

    // Of a file whose digest field is all zeros.
    private static byte[] Digest(byte[] bytes) => SHA256.HashData(bytes);
}

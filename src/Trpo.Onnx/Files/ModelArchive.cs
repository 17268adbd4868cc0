using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Trpo.Onnx.Files;

/// <summary>
/// Checks of an ML.NET model file, a zip archive, that ML.NET does not make before it extracts entries to memory and to temporary files:
/// of the paths, sizes and checksums of the entries, and of what is read by recursion (<see cref="RecursionLimits"/>).
/// </summary>
internal static class ModelArchive
{
    /// <summary>The maximum length of an archive, and of all its entries together.</summary>
    public const int MaxBytes = 512 << 20;

    /// <summary>The maximum number of entries.</summary>
    public const int MaxEntries = 4_096;

    private const int MaxNameLength = 1_024;

    // Models are loaded by recursion over their entries' folders.
    private const int MaxFolderDepth = 64;

    private const int EndLength = 22;
    private const int HeaderLength = 46;

    /// <summary>Checks an archive.</summary>
    /// <param name="bytes">The archive.</param>
    /// <param name="maxBytes">The maximum length of all entries together.</param>
    /// <param name="maxEntries">The maximum number of entries.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, or could not have been written by ML.NET; the message says how.</exception>
    public static void Check(byte[] bytes, int maxBytes = MaxBytes, int maxEntries = MaxEntries)
    {
        CountEntries(bytes, maxEntries);
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            CheckName(entry.FullName, names);
            total += entry.Length;
            if (entry.Length < 0 || entry.CompressedLength < 0 || total < 0 || total > maxBytes)
                throw new InvalidDataException($"Its entries have more than {maxBytes >> 20} MiB, the maximum that this library reads.");
        }

        var buffer = new byte[(1 << 16) + RecursionLimits.MaxTypeBytes];
        foreach (var entry in archive.Entries)
            CheckContent(entry, buffer);
    }

    /// <summary>Checks an archive and reads its entries.</summary>
    /// <returns>The contents by name, with "/" between folders.</returns>
    /// <inheritdoc cref="Check(byte[], int, int)"/>
    public static Dictionary<string, byte[]> Read(byte[] bytes, int maxBytes, int maxEntries)
    {
        Check(bytes, maxBytes, maxEntries);
        using var archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            var content = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(content);
            contents.Add(entry.FullName.Replace('\\', '/'), content);
        }

        return contents;
    }

    // Counts the entries in the directory at the end of the archive, before objects are created for them.
    private static void CountEntries(ReadOnlySpan<byte> bytes, int maxEntries)
    {
        var end = bytes[^Math.Min(bytes.Length, EndLength + ushort.MaxValue)..].LastIndexOf("PK\x05\x06"u8);
        if (end >= 0)
            end += bytes.Length - Math.Min(bytes.Length, EndLength + ushort.MaxValue);
        if (end < 0 || bytes.Length - end < EndLength)
            throw new InvalidDataException("It is not a zip archive, or is cut short; an ONNX policy is opened with PolicySession.Open.");
        int declared = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(end + 10)..]);
        var start = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(end + 16)..]);
        if (declared > maxEntries)
            throw new InvalidDataException($"It has more than {maxEntries} entries.");
        if (start > end)
            throw new InvalidDataException("The list of its entries is damaged.");

        var count = 0;
        var list = bytes[(int)start..];
        while (list.Length >= HeaderLength && list.StartsWith("PK\x01\x02"u8))
        {
            var length = HeaderLength
                + BinaryPrimitives.ReadUInt16LittleEndian(list[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(list[30..])
                + BinaryPrimitives.ReadUInt16LittleEndian(list[32..]);
            list = list[Math.Min(length, list.Length)..];
            count++;
        }

        if (count != declared)
            throw new InvalidDataException($"It declares {declared} entries, but has {count}.");
    }

    private static void CheckName(string name, HashSet<string> names)
    {
        var path = name.Replace('\\', '/');
        var parts = path.Split('/');
        if (name.Length is 0 or > MaxNameLength || parts.Length > MaxFolderDepth || parts.Any(part => part is "." or ".." || part.Contains(':')) || path[0] == '/' || name.Any(char.IsControl))
            throw new InvalidDataException($"Its entry '{name[..Math.Min(name.Length, 100)]}' has a name that leads out of the archive.");
        if (!names.Add(path))
            throw new InvalidDataException($"The entry '{name}' occurs twice.");
    }

    private static void CheckContent(ZipArchiveEntry entry, byte[] buffer)
    {
        using var content = entry.Open();
        var (length, kept) = (0L, 0);
        var crc = new Crc32();
        int read;
        while ((read = content.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            length += read;
            if (length > entry.Length)
                break;
            crc.Append(buffer.AsSpan(kept, read));
            var part = buffer.AsSpan(0, kept + read);
            if (RecursionLimits.FindExcess(part, entry.Length) is { } excess)
                throw new InvalidDataException($"Its entry '{entry.FullName}' {excess}.");
            kept = Math.Min(part.Length, RecursionLimits.MaxTypeBytes);
            part[^kept..].CopyTo(buffer);
        }

        if (length != entry.Length)
            throw new InvalidDataException($"Its entry '{entry.FullName}' has a different length than it declares.");
        if (crc.GetCurrentHashAsUInt32() != entry.Crc32)
            throw new InvalidDataException($"Its entry '{entry.FullName}' does not match its checksum.");
    }
}

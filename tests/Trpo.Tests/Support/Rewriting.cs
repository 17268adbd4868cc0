using System.IO.Compression;
using Google.Protobuf;

namespace Trpo.Tests.Support;

/// <summary>Changes of files, as another program might make them.</summary>
internal static class Rewriting
{
    /// <summary>An archive with other contents, whose lengths and checksums are right.</summary>
    public static byte[] Entries(byte[] zip, Func<string, byte[], byte[]> change)
    {
        using var written = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(zip)))
        using (var to = new ZipArchive(written, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                    stream.CopyTo(content);
                Add(to, entry.FullName, change(entry.FullName, content.ToArray()));
            }
        }

        return written.ToArray();
    }

    /// <summary>An archive of the given entries.</summary>
    public static byte[] Archive(params IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var written = new MemoryStream();
        using (var to = new ZipArchive(written, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
                Add(to, name, content);
        }

        return written.ToArray();
    }

    /// <summary>A message with an empty one more in it, as deep as the field numbers lead: repeated fields grow by one, others are merged.</summary>
    public static byte[] WithField(byte[] message, params ReadOnlySpan<int> path)
    {
        byte[] inner = [];
        for (var i = path.Length - 1; i >= 0; i--)
        {
            using var buffer = new MemoryStream();
            using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            {
                output.WriteTag(path[i], WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(inner));
            }

            inner = buffer.ToArray();
        }

        return [.. message, .. inner];
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var stream = archive.CreateEntry(name).Open();
        stream.Write(content);
    }
}

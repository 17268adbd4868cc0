using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>The bytes of a pipeline taken apart, changed, and put together again with right checksums.</summary>
internal static class PipelineBytes
{
    public static List<(string Name, byte[] Content)> Entries(byte[] model)
    {
        using var archive = new ZipArchive(new MemoryStream(model));
        return [.. archive.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return (entry.FullName, content.ToArray());
        })];
    }

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Adds an entry.</summary>
    public static byte[] Add(byte[] model, string name, byte[] content) => Zip([.. Entries(model), (name, content)]);

    /// <summary>Changes the entries whose name ends so.</summary>
    public static byte[] Change(byte[] model, string name, Func<byte[], byte[]> change) =>
        Zip(Entries(model).Select(entry => entry.Name.EndsWith(name, StringComparison.Ordinal) ? (entry.Name, change(entry.Content)) : entry));

    /// <summary>Replaces text in all parts, as ASCII and as UTF-16, by text of the same length.</summary>
    public static byte[] Replace(byte[] model, string text, string by)
    {
        if (text.Length != by.Length)
            throw new ArgumentException("The texts have different lengths.", nameof(by));
        return Change(model, "Model.key", content => Replace(Replace(content, Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(by)), Encoding.Unicode.GetBytes(text), Encoding.Unicode.GetBytes(by)));
    }

    /// <summary>Writes a part with another assembly, other strings or other values than those of a part.</summary>
    public static byte[] Part(byte[] part, string? assembly = null, IReadOnlyList<string>? strings = null, byte[]? model = null)
    {
        var header = PartHeader.Read(part);
        model ??= header.Model.ToArray();
        var assemblyName = Encoding.Unicode.GetBytes(assembly ?? header.Assembly);
        byte[][] texts = [.. (strings ?? header.Strings).Select(Encoding.Unicode.GetBytes)];
        var (table, characters) = (8 * texts.Length, texts.Sum(text => text.Length));
        var bytes = new List<byte>(part[..256]);
        bytes.AddRange(model);
        var end = 0L;
        foreach (var text in texts)
            bytes.AddRange(BitConverter.GetBytes(end += text.Length));
        foreach (var text in texts)
            bytes.AddRange(text);
        bytes.AddRange(assemblyName);
        bytes.AddRange("LEDOM\0LM"u8);
        var written = bytes.ToArray();
        var start = 256 + model.Length;
        Write(0x18, model.Length);
        Write(0x20, texts.Length > 0 ? start : 0);
        Write(0x28, table);
        Write(0x30, texts.Length > 0 ? start + table : 0);
        Write(0x38, characters);
        Write(0x80, start + table + characters + assemblyName.Length);
        Write(0x88, written.Length);
        Write(0x90, start + table + characters);
        BinaryPrimitives.WriteInt32LittleEndian(written.AsSpan(0x98), assemblyName.Length);
        return written;

        void Write(int offset, long value) => BinaryPrimitives.WriteInt64LittleEndian(written.AsSpan(offset), value);
    }

    /// <summary>Writes the description of a type inside a type, and so on. The names take turns.</summary>
    public static byte[] Types(int depth, params string[] names)
    {
        byte[][] levels = [.. names.Select(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name), 1])];
        return [.. Enumerable.Range(0, depth).SelectMany(i => levels[i % levels.Length])];
    }

    private static byte[] Replace(byte[] content, byte[] text, byte[] by)
    {
        var changed = content.ToArray();
        for (var i = 0; i + text.Length <= changed.Length; i++)
        {
            if (changed.AsSpan(i, text.Length).SequenceEqual(text))
                by.CopyTo(changed, i);
        }

        return changed;
    }
}

using System.IO.Compression;
using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Changes to the entries of an archive, whose lengths and checksums are right again.</summary>
internal static class ArchiveMutation
{
    public static byte[] Apply(byte[] original, RandomSource random)
    {
        var entries = new List<(string Name, byte[] Content)>();
        using (var archive = new ZipArchive(new MemoryStream(original), ZipArchiveMode.Read))
        {
            foreach (var entry in archive.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                    stream.CopyTo(content);
                entries.Add((entry.FullName, content.ToArray()));
            }
        }

        var place = random.NextInt(entries.Count);
        var (name, bytes) = entries[place];
        switch (random.NextInt(12))
        {
            case 0:
                entries.RemoveAt(place);
                break;
            case 1:
                entries.Add((name, bytes));
                break;
            case 2:
                entries[place] = ($"../{name}", bytes);
                break;
            case 3:
                entries[place] = (name, entries[random.NextInt(entries.Count)].Content);
                break;
            default:
                entries[place] = (name, ByteMutation.Apply([.. bytes, .. new byte[bytes.Length == 0 ? 1 : 0]], random));
                break;
        }

        using var written = new MemoryStream();
        using (var archive = new ZipArchive(written, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (entryName, content) in entries)
            {
                using var stream = archive.CreateEntry(entryName, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }

        return written.ToArray();
    }
}

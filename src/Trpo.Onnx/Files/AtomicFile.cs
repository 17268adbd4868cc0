namespace Trpo.Onnx.Files;

/// <summary>Writes a file aside and renames it, so that a reader never meets half of it and a failure leaves the old one.</summary>
internal static class AtomicFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var target = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? throw new ArgumentException($"'{path}' names no file.", nameof(path)));
        var aside = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);

                // The name must not reach the disk before the content does.
                file.Flush(flushToDisk: true);
            }

            File.Move(aside, target, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}

namespace Trpo.Runtime.Files;

/// <summary>Reads untrusted files: never more than a given number of bytes, whatever length the file declares.</summary>
public static class BoundedFile
{
    /// <summary>Reads all bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The maximum length, checked before anything is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is longer.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        // Others may write the file or rename another one into its place meanwhile; what is read is checked by those who read it.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Read(file, maxBytes, path);
    }

    /// <summary>Reads all bytes of a stream from its position to its end.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="maxBytes">The maximum number of bytes. If the stream can seek, its length is checked before anything is read.</param>
    /// <param name="source">The name of the stream in the message of an exception.</param>
    /// <exception cref="InvalidDataException">There are more bytes.</exception>
    public static byte[] Read(Stream stream, int maxBytes, string source)
    {
        var length = stream.CanSeek ? stream.Length - stream.Position : 0;
        if (length > maxBytes)
            throw TooLong(source, maxBytes);

        // A pipe or a device has no length, and a file that is being written grows.
        using var content = new MemoryStream((int)Math.Max(0, length));
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (content.Length + read > maxBytes)
                throw TooLong(source, maxBytes);
            content.Write(buffer, 0, read);
        }

        return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
    }

    private static InvalidDataException TooLong(string source, int maxBytes) =>
        new($"{source} has more than {maxBytes >> 20} MiB, the maximum that this library reads.");
}

namespace Trpo.Onnx.Files;

/// <summary>Reads files that may be anything: no more than a given number of bytes, whatever the file says of its length.</summary>
public static class BoundedFile
{
    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The greatest length, checked before anything is read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is longer.</exception>
    public static byte[] Read(string path, int most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(file, most, path);
    }

    /// <summary>All bytes of a stream from its position on.</summary>
    /// <param name="stream">The stream; it is left open.</param>
    /// <param name="most">The greatest number of bytes; where the stream knows its length, that is checked before anything is read.</param>
    /// <param name="source">What the message of a refusal calls the stream.</param>
    /// <exception cref="InvalidDataException">There are more bytes.</exception>
    public static byte[] Read(Stream stream, int most, string source)
    {
        var length = stream.CanSeek ? stream.Length - stream.Position : 0;
        if (length > most)
            throw TooLong(source, most);

        // A file such as a pipe or a device has no length, and one that is being written grows.
        using var content = new MemoryStream((int)Math.Max(0, length));
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            if (content.Length + read > most)
                throw TooLong(source, most);
            content.Write(buffer, 0, read);
        }

        return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
    }

    private static InvalidDataException TooLong(string source, int most) =>
        new($"{source} has more than {most >> 20} MiB, the most that this library reads.");
}

using Trpo.Runtime.Files;

namespace Trpo.Cli.Foundation;

/// <summary>Text files that the command line names.</summary>
internal static class InputFile
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Reads a text file. Its encoding is UTF-8, or that of its byte order mark.</summary>
    /// <param name="path">The file; a device or a pipe is read to its end.</param>
    /// <exception cref="CommandException"><paramref name="path"/> is a folder, or a symbolic link that leads nowhere.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file has more than 16 MiB.</exception>
    public static string ReadText(string path)
    {
        SymbolicLinks.Check(path);
        if (Directory.Exists(path))
            throw new CommandException($"{path} is a folder: name a file.");
        using var reader = new StreamReader(new MemoryStream(BoundedFile.Read(path, MaxBytes), writable: false));
        return reader.ReadToEnd();
    }
}

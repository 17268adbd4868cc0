namespace Trpo.Cli.Foundation;

/// <summary>Checks of the paths that a verb writes to after long work, made before it.</summary>
internal static class OutputPath
{
    /// <summary>Checks that a file can be written: no folder has its name, and the folder that it goes to takes files. Nothing is left behind.</summary>
    /// <param name="path">The file; neither it nor its folder need exist.</param>
    /// <exception cref="CommandException">A folder has the name of the file, or a file that of its folder, or a symbolic link in the path of the folder leads nowhere.</exception>
    /// <exception cref="IOException">The folder does not take files.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder.</exception>
    public static void CheckFile(string path)
    {
        if (Directory.Exists(path))
            throw new CommandException($"{Path.GetFullPath(path)} is a folder, but a file of that name is to be written: move it away.");
        CheckFolder(Path.GetDirectoryName(Path.GetFullPath(path)) ?? path);
    }

    /// <summary>Checks that a folder takes files; if it does not exist, the nearest one above it. Nothing is left behind.</summary>
    /// <exception cref="CommandException">A file has the name of the folder, or a symbolic link of the path leads nowhere.</exception>
    /// <exception cref="IOException">The folder does not take files.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder.</exception>
    public static void CheckFolder(string path)
    {
        SymbolicLinks.Check(path);
        var existing = Path.GetFullPath(path);
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
            existing = parent;
        if (File.Exists(existing))
            throw new CommandException($"{existing} is a file, but a folder of that name is to be written to: move it away, or name another folder.");
        File.Create(Path.Combine(existing, $".{Path.GetRandomFileName()}.tmp"), bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
    }
}

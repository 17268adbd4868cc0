using System.Text.RegularExpressions;

namespace Trpo.Onnx.Files;

/// <summary>
/// Writes files as a whole: under another name first, then renamed. A reader never sees a part of one, a failure leaves the old one, and a file that was written survives a power cut.
/// </summary>
public static partial class AtomicFile
{
    /// <summary>Writes a file; an existing one is replaced. Missing folders are created.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> names no file.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) => Write(DiskFileSystem.Instance, path, content);

    /// <summary>Writes a file; an existing one is replaced. Missing folders are created.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> names no file.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(files);
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target) ?? throw new ArgumentException($"'{path}' names no file.", nameof(path));
        CreateFolder(files, folder);
        var aside = $"{target}.{Path.GetRandomFileName()}.tmp";
        try
        {
            // The name must not reach the disk before the content does.
            files.CreateFile(aside, content);
            files.Move(aside, target);
            files.SyncFolder(folder);
        }
        catch
        {
            files.Delete(aside);
            throw;
        }
    }

    /// <summary>Creates a folder, and those that it is missing in, so that they survive a power cut.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be created.</exception>
    public static void CreateFolder(IFileSystem files, string path)
    {
        ArgumentNullException.ThrowIfNull(files);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (files.FolderExists(folder))
            return;
        var parent = Path.GetDirectoryName(folder);
        if (parent is not null)
            CreateFolder(files, parent);
        files.CreateFolder(folder);
        if (parent is not null)
            files.SyncFolder(parent);
    }

    /// <summary>Returns the file that a temporary file of a killed process was to become.</summary>
    /// <param name="path">A path.</param>
    /// <returns>The path of the file that <see cref="Write(string, ReadOnlySpan{byte})"/> was to write; null if the name is not that of its temporary files.</returns>
    public static string? TargetOf(string path) => Aside().Match(path) is { Success: true } match ? match.Groups[1].Value : null;

    // Path.GetRandomFileName gives eight characters, a dot and three characters.
    [GeneratedRegex(@"^(.+)\.[a-z0-9]{8}\.[a-z0-9]{3}\.tmp$", RegexOptions.Singleline)]
    private static partial Regex Aside();
}

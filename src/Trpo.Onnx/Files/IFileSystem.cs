namespace Trpo.Onnx.Files;

/// <summary>
/// The operations on files and folders that a crash or a power cut can interrupt. What an operation promises to be on the disk stays there; the names that it
/// creates, changes or removes are on the disk only after <see cref="SyncFolder"/> of their folder, and until then in any order.
/// </summary>
public interface IFileSystem
{
    /// <summary>True if a folder exists.</summary>
    /// <param name="path">The full path of the folder.</param>
    bool FolderExists(string path);

    /// <summary>Creates a folder in an existing one; does nothing if it exists.</summary>
    /// <param name="path">The full path of the folder.</param>
    void CreateFolder(string path);

    /// <summary>Creates a file. Its content, but not its name, is on the disk when the method returns.</summary>
    /// <param name="path">The full path of the file, which does not exist.</param>
    /// <param name="content">The content.</param>
    void CreateFile(string path, ReadOnlySpan<byte> content);

    /// <summary>Renames a file within its folder; an existing file of the new name is replaced.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="target">Its new full path.</param>
    void Move(string path, string target);

    /// <summary>Deletes a file; does nothing if it does not exist.</summary>
    /// <param name="path">The full path of the file.</param>
    void Delete(string path);

    /// <summary>Writes the names in a folder to the disk.</summary>
    /// <param name="path">The full path of the folder.</param>
    void SyncFolder(string path);
}

using Trpo.Onnx.Files;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// The files of a locked folder. Every operation is refused once the lock is lost, and reaches the folder through its handle where the system can do so (<see cref="OpenFolder"/>).
/// Where it cannot, a folder that is replaced between the check and the operation that follows it is not noticed.
/// </summary>
/// <param name="files">The file system that operations reach.</param>
/// <param name="folderLock">The lock, held by the caller.</param>
internal sealed class LockedFolderFiles(IFileSystem files, FolderLock folderLock) : IFileSystem
{
    /// <summary>True, or fails: a folder that is missing was lost, and one that is created in its place would not be locked.</summary>
    /// <param name="path">The full path of the folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public bool FolderExists(string path) => folderLock.Folder.Reach(path, files.FolderExists) ? true : throw folderLock.Lost(inner: null);

    /// <summary>Does nothing: the folder exists while it is locked.</summary>
    /// <param name="path">The full path of the folder.</param>
    public void CreateFolder(string path) => FolderExists(path);

    /// <inheritdoc/>
    public void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        folderLock.ThrowIfLost();
        try
        {
            files.CreateFile(folderLock.Folder.Reached(path), content);
        }
        catch (Exception exception) when (folderLock.Folder.Renamed(exception) is { } renamed)
        {
            throw renamed;
        }
    }

    /// <inheritdoc/>
    public void Move(string path, string target) => Change(path, reached => files.Move(reached, folderLock.Folder.Reached(target)));

    /// <inheritdoc/>
    public void Delete(string path) => Change(path, files.Delete);

    /// <inheritdoc/>
    public void SyncFolder(string path) => Change(path, files.SyncFolder);

    private void Change(string path, Action<string> operation)
    {
        folderLock.ThrowIfLost();
        folderLock.Folder.Reach(path, reached =>
        {
            operation(reached);
            return true;
        });
    }
}

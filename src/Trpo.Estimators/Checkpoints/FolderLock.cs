using System.Diagnostics.CodeAnalysis;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// An exclusive lock on a folder, held through an open file in it by at most one holder over all processes. The operating system releases the lock when its process ends, in whatever way;
/// a lock file that a killed process left behind is held by nobody.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file, string path) => (_file, FileName) = (file, path);

    /// <summary>Gets the full path of the lock file.</summary>
    public string FileName { get; }

    /// <summary>Acquires the lock of a folder, if nobody holds it.</summary>
    /// <param name="path">The path of the lock file; its folder must exist, and all who exclude one another name the same file.</param>
    /// <param name="deleteOnRelease">True to delete the lock file when the lock is released.</param>
    /// <param name="acquired">The lock, to be disposed of; null if another holds it.</param>
    /// <returns>True if the lock was acquired.</returns>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder, or a folder has the name of the lock file.</exception>
    public static bool TryAcquire(string path, bool deleteOnRelease, [NotNullWhen(true)] out FolderLock? acquired)
    {
        path = Path.GetFullPath(path);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, deleteOnRelease ? FileOptions.DeleteOnClose : FileOptions.None);
            acquired = new FolderLock(file, path);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            acquired = null;
            return false;
        }
    }

    /// <summary>Checks a lock. The check holds a free lock for an instant, in which another that tries to acquire it fails.</summary>
    /// <param name="path">The path of the lock file; it need not exist.</param>
    /// <returns>True if a holder, of any process, has the lock.</returns>
    /// <exception cref="UnauthorizedAccessException">The process may not open the lock file.</exception>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            // The holder may have deleted the file meanwhile.
            return exception is not FileNotFoundException;
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _file.Dispose();
}

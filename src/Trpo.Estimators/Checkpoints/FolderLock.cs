using System.Diagnostics.CodeAnalysis;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// An exclusive lock on a folder, held through an open file in it by at most one holder over all processes. The operating system releases the lock when its process ends, in whatever way;
/// a lock file that a killed process left behind is held by nobody. A file beside it, <c>.owner</c>, identifies the holder, because a path may come to name another folder.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;
    private readonly bool _deletesOnRelease;
    private readonly string _holder = Guid.NewGuid().ToString();

    private FolderLock(FileStream file, string path, OpenFolder folder, bool deletesOnRelease)
    {
        (_file, FileName, Folder, _deletesOnRelease) = (file, path, folder, deletesOnRelease);
        File.WriteAllText(folder.Reached(OwnerPath), _holder);
    }

    /// <summary>Gets the full path of the lock file.</summary>
    public string FileName { get; }

    /// <summary>
    /// True if the path no longer names the file that is locked here: the folder has been deleted or moved, and another holder may have created a new one. Whatever is
    /// written by path would reach that one.
    /// </summary>
    /// <exception cref="IOException">The file that identifies the holder cannot be read.</exception>
    public bool IsLost
    {
        get
        {
            try
            {
                return File.ReadAllText(OwnerPath) != _holder;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return true;
            }
        }
    }

    /// <summary>Gets the folder, open until the lock is released.</summary>
    internal OpenFolder Folder { get; }

    private string OwnerPath => $"{FileName}.owner";

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
        return TryAcquire(path, deleteOnRelease, OpenFolder.Open(Path.GetDirectoryName(path) ?? path), out acquired);
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
    public void Dispose()
    {
        if (_file.SafeFileHandle.IsClosed)
            return;
        try
        {
            if (!_deletesOnRelease || IsLost)
                return;
            File.Delete(Folder.Reached(OwnerPath));
            if (!OperatingSystem.IsWindows())
                File.Delete(Folder.Reached(FileName));
        }
        finally
        {
            _file.Dispose();
            Folder.Dispose();
        }
    }

    /// <summary>Acquires the lock of an open folder, if nobody holds it.</summary>
    /// <param name="path">The full path of the lock file in the folder.</param>
    /// <param name="deleteOnRelease">True to delete the lock file when the lock is released.</param>
    /// <param name="folder">The folder, which the lock closes when it is released; it is closed at once if the lock is not acquired.</param>
    /// <param name="acquired">The lock, to be disposed of; null if another holds it.</param>
    /// <returns>True if the lock was acquired.</returns>
    internal static bool TryAcquire(string path, bool deleteOnRelease, OpenFolder folder, [NotNullWhen(true)] out FolderLock? acquired)
    {
        acquired = null;
        try
        {
            acquired = folder.Reach(path, reached => Open(reached, path, deleteOnRelease, folder));
            return acquired is not null;
        }
        finally
        {
            if (acquired is null)
                folder.Dispose();
        }
    }

    /// <summary>Refuses a lock that is lost.</summary>
    /// <exception cref="DirectoryNotFoundException">The lock is lost.</exception>
    internal void ThrowIfLost()
    {
        if (IsLost)
            throw Lost(inner: null);
    }

    /// <summary>Returns the exception that reports a lost lock.</summary>
    /// <param name="inner">The failure that the loss led to, if any.</param>
    internal DirectoryNotFoundException Lost(Exception? inner) =>
        new($"The folder {Folder.FullName} was deleted or moved while it was in use. Nothing is written to a folder of that name, which may be another run's.", inner);

    // Returns null if another holds the lock.
    private static FolderLock? Open(string reached, string path, bool deletesOnRelease, OpenFolder folder)
    {
        FileStream file;
        try
        {
            // On Unix, a file that is deleted on closing is deleted by its path, which may have become another holder's.
            var options = deletesOnRelease && OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            file = new FileStream(reached, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, options);
        }
        catch (IOException) when (File.Exists(reached))
        {
            return null;
        }

        try
        {
            return new FolderLock(file, path, folder, deletesOnRelease);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}

using System.Globalization;
using Trpo.Onnx.Files;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// The numbered checkpoints of one run, of which the latest few are kept. The folder is locked against other trainings. It may be deleted, emptied or moved at any time, and another run may
/// begin in a new folder of its name: that one is neither written to nor deleted from.
/// </summary>
/// <remarks>
/// Linux: every operation reaches the folder that was locked, through its handle, and the lock of the folder outlives its files; no window remains. Windows does not move or delete a folder
/// in which a file is open. Elsewhere, and on file systems without locks of folders, the lock is checked immediately before each operation (<see cref="LockedFolderFiles"/>).
/// </remarks>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Extension = ".checkpoint";
    private const string LockName = "lock";

    private readonly CheckpointOptions _options;
    private readonly LockedFolderFiles _files;
    private readonly FolderLock _lock;
    private long _latestNumber;

    /// <summary>Locks the folder, which is created if it is missing, and deletes files that a killed process left half written.</summary>
    /// <param name="options">The folder, and the number of checkpoints to keep.</param>
    /// <param name="files">The file system that checkpoints are written to; null, the default, for that of the operating system.</param>
    /// <param name="usesHandle">False to reach the folder by path, as on systems that cannot do otherwise.</param>
    /// <exception cref="CheckpointException">Another training uses the folder, or it holds checkpoints and <see cref="CheckpointOptions.Resume"/> is false.</exception>
    /// <exception cref="IOException">The folder cannot be created or written to.</exception>
    public CheckpointFolder(CheckpointOptions options, IFileSystem? files = null, bool usesHandle = true)
    {
        files ??= DiskFileSystem.Instance;
        // The current directory may change.
        _options = options with { Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder)) };
        AtomicFile.CreateFolder(files, _options.Folder);
        _lock = Lock(_options.Folder, usesHandle);
        _files = new LockedFolderFiles(files, _lock);
        try
        {
            foreach (var halfWritten in _lock.Folder.Names($"*{Extension}.*.tmp"))
                _files.Delete(Path.Combine(_options.Folder, halfWritten));
            _latestNumber = _lock.Folder.Reach(_options.Folder, LatestNumber);
            if (Numbers().Count > 0 && !options.Resume)
                throw new CheckpointException($"There are checkpoints in {FullName} already. To resume from the latest, set {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}; to start a new run, name another folder or empty this one.");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>Gets the full path of the folder.</summary>
    public string FullName => _options.Folder;

    /// <inheritdoc cref="CheckpointFolderInfo.LatestNumber"/>
    public static long LatestNumber(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(NumberOf).DefaultIfEmpty(0).Max() : 0;

    /// <summary>Returns the path of a folder's lock file.</summary>
    public static string LockPath(string folder) => Path.Combine(folder, LockName);

    /// <summary>Writes the next checkpoint, and deletes the oldest ones beyond <see cref="CheckpointOptions.Kept"/>.</summary>
    /// <returns>The path of the checkpoint.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written, or the folder was deleted.</exception>
    public string Save(CheckpointContent content)
    {
        _lock.ThrowIfLost();
        var path = PathOf(_latestNumber + 1);
        try
        {
            CheckpointFile.Write(_files, path, content);
            _latestNumber++;

            // The new checkpoint is on the disk, its name included, before an old one is deleted.
            foreach (var number in Numbers().Skip(_options.Kept))
                _files.Delete(PathOf(number));
        }
        catch (IOException exception) when (_lock.IsLost)
        {
            throw _lock.Lost(exception);
        }

        // A folder that was moved meanwhile has the checkpoint under another path.
        _lock.ThrowIfLost();
        return path;
    }

    /// <summary>Reads the latest checkpoint that is not damaged.</summary>
    /// <param name="warn">Receives a warning for each damaged checkpoint.</param>
    /// <returns>The checkpoint; null if the folder has none, damaged ones included.</returns>
    /// <exception cref="CheckpointException">All checkpoints are damaged, or the latest is of another version.</exception>
    public (string Path, CheckpointContent Content)? Latest(Action<string> warn)
    {
        var damaged = "";
        foreach (var path in Numbers().Select(PathOf))
        {
            try
            {
                return (path, CheckpointFile.Parse(_lock.Folder.Reach(path, CheckpointFile.ReadBytes), path));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                damaged = exception.Message;
                warn($"A damaged checkpoint is skipped: {damaged}");
            }
        }

        return damaged.Length == 0 ? null : throw new CheckpointException($"No checkpoint in {FullName} can be read. {damaged} To start from the beginning, empty the folder.");
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose() => _lock.Dispose();

    // In descending order.
    private List<long> Numbers() =>
        [.. _lock.Folder.Names($"*{Extension}")
            .Select(NumberOf)
            .Where(number => number > 0)
            .OrderDescending()];

    // 0 for files that are no checkpoints.
    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Path.GetFileName(path) == NameOf(number) ? number : 0;

    private static string NameOf(long number) => number.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    private string PathOf(long number) => Path.Combine(_options.Folder, NameOf(number));

    // The lock file stays, so that deleting a checkpoint folder's content does not go unnoticed.
    private static FolderLock Lock(string folder, bool usesHandle)
    {
        try
        {
            var opened = OpenFolder.Open(folder, usesHandle);
            if (opened.TryLock())
            {
                if (FolderLock.TryAcquire(LockPath(folder), deleteOnRelease: false, opened, out var acquired))
                    return acquired;
            }
            else
            {
                opened.Dispose();
            }

            throw new CheckpointException($"Another training writes its checkpoints to {folder}: wait until it has ended, or name another folder.");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new CheckpointException($"The folder {folder} cannot be locked for checkpoints: {exception.Message}", exception);
        }
    }
}

using System.Globalization;

namespace Trpo.Estimators.Checkpoints;

/// <summary>The checkpoints of one run, numbered as they are written, of which the last few are kept. No other process uses the folder meanwhile.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private const string Extension = ".checkpoint";
    private const string LockName = "lock";

    private readonly CheckpointOptions _options;
    private readonly FileStream _lock;
    private long _last;

    /// <exception cref="CheckpointException">Another process uses the folder, or there are checkpoints in it that are not to be gone on from.</exception>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    public CheckpointFolder(CheckpointOptions options)
    {
        // The current directory may change.
        _options = options with { Folder = Path.GetFullPath(options.Folder) };
        Directory.CreateDirectory(_options.Folder);
        _lock = Lock(Path.Combine(_options.Folder, LockName));
        try
        {
            // What a process left that was killed while it wrote.
            foreach (var aside in Directory.GetFiles(_options.Folder, $"*{Extension}.*.tmp"))
                File.Delete(aside);
            _last = LatestNumber(_options.Folder);
            if (Numbers().Count > 0 && !options.Resume)
                throw new CheckpointException($"There are checkpoints in {FullName} already. To go on from the latest, set {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}; for a run from the beginning, name another folder or empty this one.");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The number of the latest checkpoint in a folder, damaged or not: 1 for the one that is written before the first step, 0 where there is none.</summary>
    public static long LatestNumber(string folder) => Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Select(NumberOf).DefaultIfEmpty(0).Max() : 0;

    /// <summary>The whole path.</summary>
    public string FullName => _options.Folder;

    /// <summary>Writes the next checkpoint, and deletes those that are not kept any longer.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It cannot be written; also where the folder is not there any more.</exception>
    public string Save(CheckpointContent content)
    {
        if (!File.Exists(Path.Combine(_options.Folder, LockName)))
            throw new DirectoryNotFoundException($"The folder {FullName} was deleted while it was in use.");
        var path = PathOf(_last + 1);
        CheckpointFile.Write(path, content);
        _last++;
        foreach (var number in Numbers().Skip(_options.Kept))
            File.Delete(PathOf(number));
        return path;
    }

    /// <summary>The latest checkpoint that is not damaged, or null where there is none at all.</summary>
    /// <param name="warn">Is told of those that are.</param>
    /// <exception cref="CheckpointException">All are damaged, or it has another version.</exception>
    public (string Path, CheckpointContent Content)? Latest(Action<string> warn)
    {
        var damaged = "";
        foreach (var path in Numbers().Select(PathOf))
        {
            try
            {
                return (path, CheckpointFile.Read(path));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                damaged = exception.Message;
                warn($"A checkpoint is passed over: {damaged}");
            }
        }

        return damaged.Length == 0 ? null : throw new CheckpointException($"No checkpoint in {FullName} can be read. {damaged} To start from the beginning, empty the folder.");
    }

    public void Dispose() => _lock.Dispose();

    // The latest first.
    private List<long> Numbers() =>
        [.. Directory.GetFiles(_options.Folder, $"*{Extension}")
            .Select(NumberOf)
            .Where(number => number > 0)
            .OrderDescending()];

    // 0 for whatever is named in another way.
    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Path.GetFileName(path) == NameOf(number) ? number : 0;

    private static string NameOf(long number) => number.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    private string PathOf(long number) => Path.Combine(_options.Folder, NameOf(number));

    // The system lets go of it when the process ends, however it ends.
    private FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new CheckpointException($"Another training writes its checkpoints to {FullName}: wait until it has ended, or name another folder.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new CheckpointException($"The folder {FullName} is not free for checkpoints: {exception.Message}", exception);
        }
    }
}

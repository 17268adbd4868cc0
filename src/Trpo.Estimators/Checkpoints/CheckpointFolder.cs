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
        _options = options;
        Directory.CreateDirectory(options.Folder);
        _lock = Lock(Path.Combine(options.Folder, LockName));
        try
        {
            // What a process left that was killed while it wrote.
            foreach (var aside in Directory.GetFiles(options.Folder, $"*{Extension}.*.tmp"))
                File.Delete(aside);
            _last = Numbers().FirstOrDefault();
            if (_last > 0 && !options.Resume)
                throw new CheckpointException($"There are checkpoints in {FullName} already. To go on from the latest, set {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}; for a run from the beginning, name another folder or empty this one.");
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The whole path.</summary>
    public string FullName => Path.GetFullPath(_options.Folder);

    /// <summary>Writes the next checkpoint, and deletes those that are not kept any longer.</summary>
    /// <returns>Its path.</returns>
    public string Save(CheckpointContent content)
    {
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
            catch (InvalidDataException exception)
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
            .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0)
            .OrderDescending()];

    private string PathOf(long number) => Path.Combine(_options.Folder, number.ToString("D8", CultureInfo.InvariantCulture) + Extension);

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
    }
}

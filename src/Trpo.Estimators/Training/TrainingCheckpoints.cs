using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Training;

/// <summary>The checkpoints of a training: written when it is time, and gone on from.</summary>
internal sealed class TrainingCheckpoints : IDisposable
{
    private const string Identity = "identity";
    private const string Library = "library";

    private readonly CheckpointOptions _options;
    private readonly CheckpointFolder _folder;
    private readonly RunIdentity _identity;
    private readonly Action<string> _warn;
    private long? _written;

    /// <param name="options">Where and how often.</param>
    /// <param name="identity">What a checkpoint must be of to be gone on from.</param>
    /// <param name="warn">Is told what does not end the training.</param>
    /// <exception cref="CheckpointException">Another process uses the folder, or there are checkpoints in it that are not to be gone on from.</exception>
    /// <exception cref="IOException">The folder cannot be made or written to.</exception>
    public TrainingCheckpoints(CheckpointOptions options, RunIdentity identity, Action<string> warn)
    {
        _options = options;
        _identity = identity;
        _warn = warn;
        _folder = new CheckpointFolder(options);
    }

    /// <summary>Whether there is none yet, or the last one is older than the interval.</summary>
    public bool IsDue => _written is not { } written || Stopwatch.GetElapsedTime(written) >= _options.Interval;

    /// <summary>The latest checkpoint, or null where there is none.</summary>
    /// <exception cref="CheckpointException">It is of another version or run, or none can be read; the message says how they differ.</exception>
    public (string Path, CheckpointContent Content)? Latest()
    {
        if (_folder.Latest(_warn) is not var (path, content))
            return null;
        RunIdentity? then = null;
        content.Restore(Identity, reader => then = RunIdentity.Restore(reader));
        if (_identity.Difference(then!) is { } difference)
            throw new CheckpointException($"{path} is of another run: {difference}. Go on with what it was written with, or name another folder.");
        var library = "";
        content.Restore(Library, reader => library = reader.ReadString());
        if (library != LibraryVersion.Informational)
            _warn($"{path} was written by version {library} of the library, but this is version {LibraryVersion.Informational}: what follows may differ in the last bits.");
        _written = Stopwatch.GetTimestamp();
        return (path, content);
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="save">Adds the state.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string Save(Action<CheckpointContent> save)
    {
        var content = new CheckpointContent();
        content.Add(Identity, _identity.SaveState);
        content.Add(Library, writer => writer.Write(LibraryVersion.Informational));
        save(content);
        var path = _folder.Save(content);
        _written = Stopwatch.GetTimestamp();
        return path;
    }

    /// <summary>As <see cref="Save"/>; but once it has worked, training goes on where the disk is full or an environment cannot be saved, and tries again when it is time once more.</summary>
    public void TrySave(Action<CheckpointContent> save)
    {
        try
        {
            Save(save);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EnvironmentException && _written is not null)
        {
            _written = Stopwatch.GetTimestamp();
            _warn($"A checkpoint could not be written, and training goes on without: {exception.Message}");
        }
    }

    public void Dispose() => _folder.Dispose();
}

using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Resuming;

/// <summary>The checkpoints of a training, which are written at an interval and resumed from.</summary>
internal sealed class TrainingCheckpoints : IDisposable
{
    /// <summary>The name of the facts of the run in a checkpoint.</summary>
    public const string Identity = "identity";

    private const string Library = "library";

    private readonly CheckpointOptions _options;
    private readonly CheckpointFolder _folder;
    private readonly RunIdentity _identity;
    private readonly Action<string> _warn;
    private long? _written;

    private TrainingCheckpoints(CheckpointOptions options, CheckpointFolder folder, RunIdentity identity, Action<string> warn)
    {
        (_options, _folder, _identity, _warn) = (options, folder, identity, warn);
    }

    /// <summary>Claims the folder of checkpoints.</summary>
    /// <param name="options">The folder and the interval.</param>
    /// <param name="identity">The facts of this run, which those of a checkpoint must equal.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <exception cref="CheckpointException">Another process uses the folder, or it holds checkpoints that are not to be resumed from.</exception>
    /// <exception cref="IOException">The folder cannot be created or written to.</exception>
    public static TrainingCheckpoints Open(CheckpointOptions options, RunIdentity identity, Action<string> warn) => new(options, new CheckpointFolder(options), identity, warn);

    /// <summary>True if there is no checkpoint yet, or the last one is older than the interval.</summary>
    public bool IsDue => _written is not { } written || Stopwatch.GetElapsedTime(written) >= _options.Interval;

    /// <summary>Reads the latest checkpoint.</summary>
    /// <returns>The path and the content, or null where there is no checkpoint.</returns>
    /// <exception cref="CheckpointException">The checkpoint is of another version or run, or none can be read; the message says how they differ.</exception>
    public (string Path, CheckpointContent Content)? Latest()
    {
        if (_folder.Latest(_warn) is not var (path, content))
            return null;
        RunIdentity? saved = null;
        content.Restore(Identity, reader => saved = RunIdentity.Restore(reader));
        if (_identity.Difference(saved!) is { } difference)
            throw new CheckpointException($"{path} is of another run: {difference}. Resume it with the settings that it was written with, or name another folder.");
        var library = "";
        content.Restore(Library, reader => library = reader.ReadString());
        if (library != LibraryVersion.Informational)
            _warn($"{path} was written by version {library} of the library, but this is version {LibraryVersion.Informational}: later results may differ in the last bits.");
        _written = Stopwatch.GetTimestamp();
        return (path, content);
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="save">Adds the state.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    public string Save(Action<CheckpointContent> save) => Write(Capture(save));

    /// <summary>Returns the content of a checkpoint of the present state.</summary>
    /// <param name="save">Adds the state.</param>
    public CheckpointContent Capture(Action<CheckpointContent> save)
    {
        var content = new CheckpointContent();
        content.Add(Identity, _identity.SaveState);
        content.Add(Library, writer => writer.Write(LibraryVersion.Informational));
        save(content);
        return content;
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="content">The content.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    public string Write(CheckpointContent content)
    {
        var path = _folder.Save(content);
        _written = Stopwatch.GetTimestamp();
        return path;
    }

    /// <summary>
    /// Writes a checkpoint. Once one was written, a full disk or an environment that fails to be saved is a warning, and the next attempt follows after the interval.
    /// </summary>
    /// <returns>True if it was written.</returns>
    public bool TrySave(Action<CheckpointContent> save)
    {
        try
        {
            Save(save);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or EnvironmentException && _written is not null)
        {
            _written = Stopwatch.GetTimestamp();
            _warn($"A checkpoint could not be written, and training continues without it: {exception.Message}");
            return false;
        }
    }

    public void Dispose() => _folder.Dispose();
}

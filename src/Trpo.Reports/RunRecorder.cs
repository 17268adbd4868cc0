using System.Diagnostics.CodeAnalysis;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Files;
using Trpo.Reports.Csv;
using Trpo.Reports.Descriptions;
using Trpo.Reports.TensorBoard;

namespace Trpo.Reports;

/// <summary>
/// A recorder of a training run in a folder: a row per iteration in metrics.csv, and the same numbers in an event file for TensorBoard, over environment steps; and a row per iteration and block of shards in workers.csv, where a training has workers (<see cref="TrpoIteration.Workers"/>).
/// </summary>
/// <remarks>
/// An iteration is in both files before the next one begins, so that a killed process loses no reported iteration. A run that is resumed or started again replaces the iterations from its
/// first one on, so that the log is that of a run that was never stopped. A failure to write ends the training with an <see cref="IOException"/>.
/// </remarks>
public sealed class RunRecorder : IProgress<TrpoIteration>, IDisposable
{
    private readonly string _folder;
    private readonly RunDescription? _description;
    private readonly FolderLock? _heldLock;
    private RunDescription? _written;
    private MetricsWriter? _metrics;
    private EventFile? _events;
    private bool _hasDescribed;
    private int _lastIteration;
    private bool _disposed;

    /// <summary>Creates a recorder; nothing is written before the first iteration.</summary>
    /// <param name="folder">The folder, of one run alone; it is created if it is missing.</param>
    /// <param name="description">
    /// The run, written to run.json with the first iteration. If the run is resumed, the start and the sessions that the folder holds stay. Null leaves the description in the folder, if any, as it
    /// is, but adds this session to it.
    /// </param>
    /// <param name="heldLock">The lock of the folder that <see cref="TryLock"/> gave, if the caller holds it; null (the default) to lock the folder from the first iteration until the recorder is disposed of.</param>
    /// <exception cref="InvalidDataException">The description in the folder is damaged.</exception>
    /// <exception cref="ArgumentException">The lock is that of another folder.</exception>
    public RunRecorder(string folder, RunDescription? description = null, FolderLock? heldLock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.CreateFolder(DiskFileSystem.Instance, folder);
        if (heldLock is not null && heldLock.FileName != Path.GetFullPath(MetricsWriter.LockPath(folder)))
            throw new ArgumentException($"The lock {heldLock.FileName} is not that of the folder {Path.GetFullPath(folder)}.", nameof(heldLock));
        (_folder, _description, _heldLock) = (folder, description, heldLock);
        _written = File.Exists(RunDescription.PathIn(folder)) ? RunDescription.Load(folder) : null;
    }

    /// <summary>Locks the folder of a run, for a program that writes more files into it than the recorder does.</summary>
    /// <param name="folder">The folder; it must exist.</param>
    /// <param name="acquired">The lock, to be given to the recorder and disposed of after it; null if another recorder or program holds it.</param>
    /// <returns>True if the lock was acquired.</returns>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder.</exception>
    public static bool TryLock(string folder, [NotNullWhen(true)] out FolderLock? acquired)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return FolderLock.TryAcquire(MetricsWriter.LockPath(folder), deleteOnRelease: true, out acquired);
    }

    /// <summary>Writes an iteration. Training calls this method from one thread at a time.</summary>
    /// <param name="value">The iteration.</param>
    /// <exception cref="InvalidDataException">The iteration is the recorder's first, and metrics.csv in the folder is damaged or has other columns.</exception>
    /// <exception cref="IOException">The files cannot be written, or another recorder writes to the folder.</exception>
    public void Report(TrpoIteration value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_events is null || value.Iteration <= _lastIteration)
            Open(value);
        _metrics!.Append(value);
        _events!.Append(value);
        _lastIteration = value.Iteration;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    private void Open(TrpoIteration first)
    {
        Close();
        if (_heldLock is { IsLost: true })
            throw new DirectoryNotFoundException($"The folder {Path.GetFullPath(_folder)} was deleted or moved while it was in use. Nothing is written to a folder of that name, which may be another run's.");
        _metrics = MetricsWriter.Open(_folder, first.Iteration, _heldLock);

        // If metrics.csv lost the rows before the first iteration, that iteration's own step is the best that is known.
        _events = EventFile.Create(_folder, first.Iteration == 1 ? 0 : _metrics.LastStep > 0 ? _metrics.LastStep + 1 : first.Steps, TimeProvider.System);

        // A rollback opens the files anew, but is no new session.
        if (_hasDescribed)
            return;
        _hasDescribed = true;
        var description = _description is not null && _written is not null && first.Iteration > 1
            ? _description with { Started = _written.Started, Sessions = _written.Sessions } : _description ?? _written;
        _written = description?.With(RunSession.BeginningWith(first));
        _written?.Save(_folder);
    }

    private void Close()
    {
        _metrics?.Dispose();
        _events?.Dispose();
        (_metrics, _events) = (null, null);
    }
}

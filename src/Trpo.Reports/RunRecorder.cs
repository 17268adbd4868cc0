using Trpo.Estimators;
using Trpo.Reports.Csv;
using Trpo.Reports.TensorBoard;

namespace Trpo.Reports;

/// <summary>
/// Writes a run into its folder as it goes on: a row per iteration to metrics.csv, and the same numbers to a file of events for TensorBoard, with environment steps as its axis.
/// </summary>
/// <remarks>
/// An iteration is in both files before the next one begins, so that a process that is killed loses none that was reported. A run that is resumed, or starts again, replaces what
/// the folder holds of its first iteration and later ones: the log is as if the run had never been stopped. A failure to write ends the training with an <see cref="IOException"/>.
/// </remarks>
public sealed class RunRecorder : IProgress<TrpoIteration>, IDisposable
{
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly RunDescription? _description;
    private RunDescription? _written;
    private MetricsWriter? _metrics;
    private EventFile? _events;
    private bool _hasBegun;
    private int _last;
    private bool _disposed;

    /// <summary>Records into a folder.</summary>
    /// <param name="folder">The folder, of one run alone; it is created where it is missing.</param>
    /// <param name="description">
    /// The run, written to run.json with the first iteration; when it is resumed, what the folder says of its start and its sessions stays. Null leaves the description as it is in the folder, if there
    /// is one; but this session is added to it.
    /// </param>
    /// <exception cref="InvalidDataException">The description in the folder is damaged.</exception>
    public RunRecorder(string folder, RunDescription? description = null)
        : this(folder, description, TimeProvider.System)
    {
    }

    internal RunRecorder(string folder, RunDescription? description, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        (_folder, _description, _time) = (folder, description, time);
        _written = File.Exists(RunDescription.PathIn(folder)) ? RunDescription.Load(folder) : null;
    }

    /// <summary>Writes an iteration. Called by one thread at a time, as training does.</summary>
    /// <param name="value">The iteration.</param>
    /// <exception cref="InvalidDataException">It is the first one, and metrics.csv in the folder is damaged or has other columns.</exception>
    /// <exception cref="IOException">The files cannot be written, or another recorder writes them.</exception>
    public void Report(TrpoIteration value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_events is null || value.Iteration <= _last)
            Begin(value);
        _metrics!.Append(value);
        _events!.Append(value);
        _last = value.Iteration;
    }

    /// <summary>Whether a recorder, of whatever process, writes into a folder.</summary>
    internal static bool IsRecording(string folder) => MetricsWriter.IsOpen(folder);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    private void Begin(TrpoIteration first)
    {
        Close();
        _metrics = MetricsWriter.Open(_folder, first.Iteration);

        // Where the rows before it are gone, its own step is the best that is known.
        _events = EventFile.Create(_folder, first.Iteration == 1 ? 0 : _metrics.LastStep > 0 ? _metrics.LastStep + 1 : first.Steps, _time);

        // A training that goes back because it is ill begins another log, but is no other session.
        if (_hasBegun)
            return;
        _hasBegun = true;
        var description = _description is not null && _written is not null && first.Iteration > 1
            ? _description with { Started = _written.Started, Sessions = _written.Sessions } : _description ?? _written;
        _written = description?.With(new RunSession(_time.GetUtcNow(), first.Iteration));
        _written?.Save(_folder);
    }

    private void Close()
    {
        _metrics?.Dispose();
        _events?.Dispose();
        (_metrics, _events) = (null, null);
    }
}

using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;

namespace Trpo.Reports.Csv;

/// <summary>A writer of metrics.csv, one row per iteration, and of workers.csv where a training has workers. Rows reach the files before <see cref="Append"/> returns.</summary>
internal sealed class MetricsWriter : IDisposable
{
    private readonly IterationFile _metrics;
    private readonly string _workersPath;
    private readonly FolderLock? _ownedLock;
    private IterationFile? _workers;

    private MetricsWriter(string folder, int iteration, FolderLock? ownedLock)
    {
        _ownedLock = ownedLock;
        _workersPath = Path.Combine(folder, WorkersFormat.FileName);
        var path = Path.Combine(folder, MetricsFormat.FileName);
        _metrics = IterationFile.Open(path, MetricsFormat.Header, iteration, kept => LastStep = MetricsReader.Rows(kept, path) is [.., var last] ? last.Steps : 0);
        try
        {
            // Without workers, rows of an earlier session stay as far as the run goes on from it.
            if (File.Exists(_workersPath))
                OpenWorkers(iteration);
        }
        catch
        {
            _metrics.Dispose();
            throw;
        }
    }

    /// <summary>Gets the environment steps of the last row that the file held when it was opened; 0 if it held none.</summary>
    public int LastStep { get; private set; }

    /// <summary>Returns the path of the lock file of a run's folder: not metrics.csv itself, which others may read meanwhile.</summary>
    public static string LockPath(string folder) => Path.Combine(folder, MetricsFormat.FileName + ".lock");

    /// <summary>Opens the files to append an iteration. Rows of that iteration and later ones are dropped, as is half a line at the end.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="iteration">The iteration to be appended first, from 1.</param>
    /// <param name="heldLock">The folder's lock if the caller holds it; null to acquire it until the writer is disposed of.</param>
    /// <exception cref="IOException">Another recorder writes to the folder.</exception>
    /// <exception cref="InvalidDataException">A file has other columns, or a row before the iteration is damaged.</exception>
    public static MetricsWriter Open(string folder, int iteration, FolderLock? heldLock)
    {
        FolderLock? ownedLock = null;
        if (heldLock is null && !FolderLock.TryAcquire(LockPath(folder), deleteOnRelease: true, out ownedLock))
            throw new IOException($"Another recorder writes to {Path.GetFullPath(folder)}: wait until its training has ended, or name another folder.");
        try
        {
            return new MetricsWriter(folder, iteration, ownedLock);
        }
        catch
        {
            ownedLock?.Dispose();
            throw;
        }
    }

    /// <summary>Appends an iteration.</summary>
    public void Append(TrpoIteration iteration)
    {
        // The metrics come last: an iteration that has them is whole.
        if (iteration.Workers.Count > 0)
        {
            if (_workers is null)
                OpenWorkers(iteration.Iteration);
            _workers!.Append(WorkersFormat.Rows(iteration));
        }

        _metrics.Append(MetricsFormat.Row(iteration));
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _metrics.Dispose();
        _workers?.Dispose();
        _ownedLock?.Dispose();
    }

    private void OpenWorkers(int iteration) => _workers = IterationFile.Open(_workersPath, WorkersFormat.Header, iteration, kept => WorkersReader.Rows(kept, _workersPath));
}

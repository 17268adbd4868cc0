using Microsoft.ML.Runtime;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The table of a random policy's observations that upstream transforms are fitted on. Its rows are computed when they are first read, once for all readers, and
/// kept if they are few enough; a larger table is computed by every reader.
/// </summary>
/// <remarks>Several threads may open and read rows at the same time.</remarks>
internal sealed class RandomPolicyTable
{
    /// <summary>The maximum number of values of a table that is kept: 256 MiB.</summary>
    public const int MaxKeptValues = 1 << 26;

    private readonly object _turn = new();
    private readonly IThreading _threading;
    private readonly EnvironmentSpecification _specification;
    private readonly IHostEnvironment _host;
    private readonly int _seed;
    private readonly CancellationToken _cancellation;
    private readonly TimeProvider _clock;
    private RandomPolicyRecording? _recording;
    private int _readers;

    /// <param name="specification">The kind of the environment.</param>
    /// <param name="host">Receives the progress as messages.</param>
    /// <param name="rows">The number of rows, at least 1.</param>
    /// <param name="seed">The seed of the environment and of the random policy.</param>
    /// <param name="cancellation">Ends the computation between two rows.</param>
    /// <param name="clock">Measures the time between messages; null, the default, for the clock of the system.</param>
    /// <param name="threading">The operations of threads; null, the default, for those of .NET.</param>
    public RandomPolicyTable(EnvironmentSpecification specification, IHostEnvironment host, int rows, int seed, CancellationToken cancellation, TimeProvider? clock = null, IThreading? threading = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        (_specification, _host, Rows, _seed, _cancellation, _clock) = (specification, host, rows, seed, cancellation, clock ?? TimeProvider.System);
        _threading = threading ?? default(SystemThreading);
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    private int RowLength => _specification.ObservationSpace.Length;

    /// <summary>Opens the rows for a reader. The environment is created when the first row is read that no reader has read before.</summary>
    public IObservationRows Open()
    {
        if ((long)Rows * RowLength > MaxKeptValues)
            return Compute();
        using (_threading.Hold(_turn))
        {
            // The failure of one reading is not that of the next, which starts again.
            if (_recording is null || _recording.HasFailed)
                (_recording, _readers) = (new RandomPolicyRecording(Compute(), Rows, RowLength, _threading), 0);
            _readers++;
            return new RecordedRows(_recording, Leave);
        }
    }

    private RandomPolicyRows Compute() => new(_specification, _host, Rows, _seed, _clock, _cancellation);

    // A table that was not read to its end is dropped with its last reader, since the environment cannot stay open.
    private void Leave(RandomPolicyRecording recording)
    {
        using (_threading.Hold(_turn))
        {
            if (ReferenceEquals(recording, _recording))
            {
                _readers--;
                if (!recording.IsComplete && !recording.HasFailed && _readers > 0)
                    return;
                if (!recording.IsComplete && _readers == 0)
                    _recording = null;
            }
        }

        recording.Close();
    }
}

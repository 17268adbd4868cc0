using Trpo.Estimators.Environments.Stepping;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The rows of one environment, which are read in lock-step: a row is offered, read through the upstream transforms, and only then does the
/// next one exist. A read out of turn, or on another thread than the one that offered the row, returns end-of-data and sets <see cref="IsBroken"/>.
/// </summary>
internal sealed class LockStepRows : IObservationRows
{
    private VectorEnvironment? _environments;
    private int _index;
    private int _thread;
    private volatile bool _isBroken;
    private volatile bool _isOffered;

    /// <summary>The number of cursors that read these rows; a chain of row-by-row transforms opens exactly one.</summary>
    public int CursorCount { get; private set; }

    /// <summary>True if a row was read out of turn or on another thread.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>True if the row that was offered last has been read.</summary>
    public bool IsConsumed => !_isOffered;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Current => _environments is null ? [] : _environments.Observation(_index);

    /// <summary>Counts a cursor that reads these rows.</summary>
    public LockStepRows AddCursor()
    {
        CursorCount++;
        return this;
    }

    /// <summary>Offers the current observation of environment <paramref name="index"/> as the next row, to the calling thread only. The row is not copied.</summary>
    public void Offer(VectorEnvironment environments, int index)
    {
        (_environments, _index, _thread) = (environments, index, Environment.CurrentManagedThreadId);
        _isOffered = true;
    }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!_isOffered || Environment.CurrentManagedThreadId != _thread)
        {
            _isBroken = true;
            return false;
        }

        _isOffered = false;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

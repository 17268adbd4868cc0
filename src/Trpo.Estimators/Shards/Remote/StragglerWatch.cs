namespace Trpo.Estimators.Shards.Remote;

/// <summary>The times of the blocks of a training in one round, in which all do the same: tells the last one that is at work long after all others.</summary>
/// <param name="timeout">The time, at least, that it may take longer than the slowest other one; null for any.</param>
internal sealed class StragglerWatch(TimeSpan? timeout)
{
    private readonly object _gate = new();
    private int _atWork;
    private int _done;
    private long _begin;
    private long _lastEnd;

    /// <summary>Notes that a block begins. The first one after all have ended begins a round.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            if (_atWork++ == 0)
                (_begin, _done) = (Environment.TickCount64, 0);
        }
    }

    /// <summary>Notes that a block has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            _atWork--;
            _done++;
            _lastEnd = Environment.TickCount64;
        }
    }

    /// <summary>True if the one block that is left has taken more than twice the time of the slowest other one, and longer than that by the timeout. Asked by a block at work.</summary>
    public bool IsLate()
    {
        if (timeout is not { } bound)
            return false;
        lock (_gate)
        {
            var slowest = _lastEnd - _begin;
            var late = Environment.TickCount64 - _lastEnd;
            return _atWork == 1 && _done > 0 && late > slowest && late > bound.TotalMilliseconds;
        }
    }
}

namespace Trpo.Tests.Support;

/// <summary>A clock that stands still until it is advanced, with its timers.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    /// <summary>Gets the number of timers that are not disposed.</summary>
    public int TimerCount => _timers.Count;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Advances the clock, and calls the timers that are due, each once at most.</summary>
    public void Advance(TimeSpan time)
    {
        _ticks += time.Ticks;
        foreach (var timer in _timers.ToArray())
            timer.CallIfDue(_ticks);
    }

    private sealed class ManualTimer(ManualClock clock, Action call) : ITimer
    {
        private long _due;
        private TimeSpan _period;

        public void CallIfDue(long now)
        {
            if (now < _due)
                return;
            _due = After(_period, now);
            call();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_due, _period) = (After(dueTime, clock._ticks), period);
            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static long After(TimeSpan time, long now) => time == Timeout.InfiniteTimeSpan ? long.MaxValue : now + time.Ticks;
    }
}

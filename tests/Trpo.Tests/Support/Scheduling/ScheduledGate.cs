namespace Trpo.Tests.Support.Scheduling;

/// <summary>The lock and the waiting threads of an object, as <see cref="Monitor"/> has them: waiting threads are pulsed in the order of their waits.</summary>
internal sealed class ScheduledGate(SeededScheduler scheduler)
{
    private readonly List<ScheduledThread> _waiting = [];
    private ScheduledThread? _owner;

    public void Enter(string name)
    {
        var thread = scheduler.Current;
        if (_owner == thread)
            throw new ScheduleException($"{thread} enters {name}, which it holds already.");
        scheduler.Block($"enters {name}", () => _owner is null);
        _owner = thread;
    }

    public void Exit(string name)
    {
        Operate($"leaves {name}");
        _owner = null;
    }

    /// <returns>True if the thread was pulsed, false if its time ran out, which may happen at any moment.</returns>
    public bool Wait(TimeSpan timeout, string name)
    {
        Operate($"waits for {name}");
        var thread = scheduler.Current;
        var hasTime = timeout != Timeout.InfiniteTimeSpan;
        var end = scheduler.Time + timeout;
        _owner = null;
        _waiting.Add(thread);
        scheduler.Block($"is asleep at {name}", () => _waiting.Contains(thread) ? hasTime : _owner is null);
        if (_waiting.Remove(thread))
        {
            if (end > scheduler.Time)
                scheduler.Time = end;
            scheduler.Block($"runs out of time at {name}", () => _owner is null);
            hasTime = false;
        }
        else
        {
            hasTime = true;
        }

        _owner = thread;
        return hasTime;
    }

    public void Pulse(string name)
    {
        Operate($"pulses {name}");
        if (_waiting.Count > 0)
            _waiting.RemoveAt(0);
    }

    public void PulseAll(string name)
    {
        Operate($"pulses all at {name}");
        _waiting.Clear();
    }

    private void Operate(string operation)
    {
        if (_owner != scheduler.Current)
            throw new ScheduleException($"{scheduler.Current} {operation}, but {_owner?.ToString() ?? "no thread"} holds the lock.");
        scheduler.Point(operation);
    }
}

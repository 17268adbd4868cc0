namespace Trpo.Tests.Support.Scheduling;

/// <summary>A thread of a <see cref="SeededScheduler"/>, which runs only while it has the turn.</summary>
/// <param name="index">The number of threads that were started before.</param>
/// <param name="name">The name.</param>
/// <param name="turn">Is released when the thread gets the turn.</param>
/// <param name="carrier">The thread of the operating system; null for the one that runs the test.</param>
internal sealed class ScheduledThread(int index, string name, SemaphoreSlim turn, ReusableThread? carrier)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public Thread? Thread => carrier?.Thread;

    /// <summary>The condition under which the thread can go on; null for always.</summary>
    public Func<bool>? CanGoOn { get; set; }

    /// <summary>The operation that the thread is about to do.</summary>
    public string Operation { get; set; } = "has not begun";

    public bool HasEnded { get; set; }

    public bool IsRunnable => !HasEnded && (CanGoOn is null || CanGoOn());

    public void Start(ThreadStart body) => carrier!.Begin(body);

    /// <summary>Gives the thread the turn.</summary>
    public void Resume() => turn.Release();

    public void AwaitTurn()
    {
        if (!turn.Wait(Patience))
            throw new ScheduleException($"{this} got no turn: a thread waits for something that the scheduler does not know.");
    }

    /// <summary>Waits until the thread of the operating system is free.</summary>
    public void Free()
    {
        if (carrier?.AwaitEnd(Patience) == false)
            throw new ScheduleException($"{this} has not ended with its schedule.");
    }

    public override string ToString() => $"T{index} ({name})";
}

using System.Diagnostics;

namespace Trpo.Estimators.Threading;

/// <summary>The threads, monitors and atomic operations of .NET.</summary>
internal readonly struct SystemThreading : IThreading
{
    /// <inheritdoc/>
    public long Timestamp => Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public Thread Start(ThreadStart body, string name)
    {
        var thread = new Thread(body) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    /// <inheritdoc/>
    public void Join(Thread thread) => thread.Join();

    /// <inheritdoc/>
    public void Enter(object gate, string name) => Monitor.Enter(gate);

    /// <inheritdoc/>
    public void Exit(object gate, string name) => Monitor.Exit(gate);

    /// <inheritdoc/>
    public bool Wait(object gate, TimeSpan timeout, string name) => Monitor.Wait(gate, timeout);

    /// <inheritdoc/>
    public void Pulse(object gate, string name) => Monitor.Pulse(gate);

    /// <inheritdoc/>
    public void PulseAll(object gate, string name) => Monitor.PulseAll(gate);

    /// <inheritdoc/>
    public int Read(ref readonly int location, string name) => Volatile.Read(in location);

    /// <inheritdoc/>
    public void Write(ref int location, int value, string name) => Volatile.Write(ref location, value);

    /// <inheritdoc/>
    public int Add(ref int location, int value, string name) => Interlocked.Add(ref location, value);

    /// <inheritdoc/>
    public int Exchange(ref int location, int value, string name) => Interlocked.Exchange(ref location, value);

    /// <inheritdoc/>
    public bool Spin(ref SpinWait spin, int limit)
    {
        if (spin.Count >= limit)
            return false;
        spin.SpinOnce(sleep1Threshold: -1);
        return true;
    }
}

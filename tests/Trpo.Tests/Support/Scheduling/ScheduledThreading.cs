using System.Diagnostics;
using Trpo.Estimators.Threading;
using Trpo.Onnx.Runtime;

namespace Trpo.Tests.Support.Scheduling;

/// <summary>The operations of threads under a <see cref="SeededScheduler"/>: before each, another thread may run.</summary>
internal readonly struct ScheduledThreading(SeededScheduler scheduler) : IThreading, IAtomics
{
    public long Timestamp => (long)(scheduler.Time.TotalSeconds * Stopwatch.Frequency);

    public Thread Start(ThreadStart body, string name) => scheduler.Start(body, name);

    public void Join(Thread thread) => scheduler.Join(thread);

    public void Enter(object gate, string name) => scheduler.Gate(gate).Enter(name);

    public void Exit(object gate, string name) => scheduler.Gate(gate).Exit(name);

    public bool Wait(object gate, TimeSpan timeout, string name) => scheduler.Gate(gate).Wait(timeout, name);

    public void Pulse(object gate, string name) => scheduler.Gate(gate).Pulse(name);

    public void PulseAll(object gate, string name) => scheduler.Gate(gate).PulseAll(name);

    public int Read(ref readonly int location, string name)
    {
        scheduler.Point($"reads {name}");
        return location;
    }

    public void Write(ref int location, int value, string name)
    {
        scheduler.Point($"writes {value} to {name}");
        location = value;
    }

    public int Add(ref int location, int value, string name)
    {
        scheduler.Point($"adds {value} to {name}");
        return location += value;
    }

    public int Exchange(ref int location, int value, string name)
    {
        scheduler.Point($"exchanges {name} for {value}");
        var earlier = location;
        location = value;
        return earlier;
    }

    public int CompareExchange(ref int location, int value, int comparand, string name)
    {
        scheduler.Point($"exchanges {name} for {value} if it is {comparand}");
        var earlier = location;
        if (earlier == comparand)
            location = value;
        return earlier;
    }

    // The number of spins is a matter of speed alone: the seed decides.
    public bool Spin(ref SpinWait spin, int limit) => scheduler.Random.Next(2) == 0;
}

using System.Diagnostics;
using Trpo.Onnx;

namespace Trpo.Fuzz;

/// <summary>Loads of undamaged policies on threads of their own, which begin at the same time as that of a hostile file.</summary>
internal sealed class GoodNeighbours(byte[] good)
{
    private const int Count = 6;

    /// <summary>The longest time from the start to the end of one of them.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Runs an action beside them.</summary>
    public void Beside(Action action)
    {
        using var start = new Barrier(Count + 1);
        var times = new TimeSpan[Count];
        var threads = Enumerable.Range(0, Count).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            var clock = Stopwatch.StartNew();
            PolicySession.Open(good).Dispose();
            times[index] = clock.Elapsed;
        })).ToList();
        threads.ForEach(thread => thread.Start());
        start.SignalAndWait();
        action();
        threads.ForEach(thread => thread.Join());
        Longest = TimeSpan.FromTicks(Math.Max(Longest.Ticks, times.Max(time => time.Ticks)));
    }
}

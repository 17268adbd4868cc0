using System.Diagnostics;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>Steps that run on threads of their own, so that the calling thread can find those that do not return in time.</summary>
internal sealed class WatchedSteps : IDisposable
{
    private readonly WorkerPool _pool;
    private readonly TimeSpan _timeout;
    private readonly Action<int> _run;

    // When the step of each environment began; 0 while none is under way.
    private readonly long[] _began;
    private readonly int[] _indices;
    private readonly int _workers;
    private bool _hangs;

    /// <param name="environments">The number of environments.</param>
    /// <param name="threads">The number of threads, at least 1; at most one per environment is used.</param>
    /// <param name="timeout">The longest time of a step.</param>
    /// <param name="run">Runs the step of the environment of the given index.</param>
    public WatchedSteps(int environments, int threads, TimeSpan timeout, Action<int> run)
    {
        (_timeout, _run) = (timeout, run);
        _began = new long[environments];
        _indices = new int[environments];

        // The calling thread counts as one, but only waits.
        _workers = Math.Min(threads, environments);
        _pool = new WorkerPool(_workers + 1, RunItem, StepQueue.ThreadName);
    }

    /// <summary>Runs the steps of some environments.</summary>
    /// <param name="indices">The environments.</param>
    /// <returns>
    /// The environments whose steps hang, in the order of <paramref name="indices"/>, each with its time so far; empty if all steps are done. No other step is under way then, and after steps that hang
    /// there are no more.
    /// </returns>
    /// <exception cref="ObjectDisposedException">A step hung before.</exception>
    public IReadOnlyList<(int Index, TimeSpan Elapsed)> Run(ReadOnlySpan<int> indices)
    {
        indices.CopyTo(_indices);
        _pool.Begin(indices.Length);
        for (var wait = _timeout; !_pool.Wait(wait); wait = TimeLeft(indices))
        {
            // A thread that does not hang goes on with the other steps, whose environments could not be disposed meanwhile.
            if (FindHanging(indices) is { Count: > 0 } hanging && hanging.Count == Math.Min(_workers, _pool.Unfinished))
            {
                _hangs = true;
                _pool.Abandon();
                return hanging;
            }
        }

        return [];
    }

    /// <summary>Ends the threads; one whose step hangs ends when the step does.</summary>
    public void Dispose()
    {
        if (!_hangs)
            _pool.Dispose();
    }

    private void RunItem(int position)
    {
        var index = _indices[position];
        Volatile.Write(ref _began[index], Stopwatch.GetTimestamp());
        try
        {
            _run(index);
        }
        finally
        {
            Volatile.Write(ref _began[index], 0);
        }
    }

    private List<(int Index, TimeSpan Elapsed)> FindHanging(ReadOnlySpan<int> indices)
    {
        var hanging = new List<(int, TimeSpan)>();
        foreach (var index in indices)
        {
            if (ElapsedOf(index) is var elapsed && elapsed >= _timeout)
                hanging.Add((index, elapsed));
        }

        return hanging;
    }

    // Until the oldest step that does not hang yet has taken too long.
    private TimeSpan TimeLeft(ReadOnlySpan<int> indices)
    {
        var oldest = TimeSpan.Zero;
        foreach (var index in indices)
        {
            if (ElapsedOf(index) is var elapsed && elapsed < _timeout && elapsed > oldest)
                oldest = elapsed;
        }

        return TimeSpan.FromTicks(Math.Max((_timeout - oldest).Ticks, TimeSpan.TicksPerMillisecond));
    }

    private TimeSpan ElapsedOf(int index) => Volatile.Read(ref _began[index]) is var began && began == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(began);
}

using System.Diagnostics;

namespace Trpo.Estimators.Threading;

/// <summary>
/// A pool of threads that run the parts of one piece of work after another: each part once, on any of the threads. The calling thread is one of them, and without others it runs the parts in
/// the order of their indices.
/// </summary>
internal sealed class PartThreads : IDisposable
{
    private readonly WorkerPool? _pool;
    private Action<int>? _work;

    /// <param name="threads">The number of threads, at least 1, including the calling thread.</param>
    /// <param name="name">The name of the other threads, which their number follows.</param>
    public PartThreads(int threads, string name)
    {
        Count = threads;
        if (threads > 1)
            _pool = new WorkerPool(threads, index => _work!(index), name);
    }

    /// <summary>The number of threads, including the calling thread.</summary>
    public int Count { get; }

    /// <summary>Runs the parts 0 to <paramref name="count"/> - 1 and returns when all have ended. One thread calls this at a time, and no part does.</summary>
    /// <param name="count">The number of parts.</param>
    /// <param name="work">Runs the part of an index.</param>
    /// <remarks>If parts fail, the exception of the lowest index is thrown, as the part threw it.</remarks>
    public void Run(int count, Action<int> work)
    {
        if (_pool is null || count == 1)
        {
            for (var i = 0; i < count; i++)
                work(i);
            return;
        }

        _work = Activity.Current is { } activity ? index => RunWithin(activity, work, index) : work;
        _pool.Run(count);
        _work = null;
    }

    // What the parts trace belongs to the activity of the thread that runs them all.
    private static void RunWithin(Activity activity, Action<int> work, int index)
    {
        var before = Activity.Current;
        Activity.Current = activity;
        try
        {
            work(index);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    /// <summary>Computes a value of each part.</summary>
    /// <param name="count">The number of parts.</param>
    /// <param name="compute">Computes the value of the part of an index.</param>
    /// <returns>The values, in the order of the indices.</returns>
    public T[] Map<T>(int count, Func<int, T> compute)
    {
        var values = new T[count];
        Run(count, index => values[index] = compute(index));
        return values;
    }

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose() => _pool?.Dispose();
}

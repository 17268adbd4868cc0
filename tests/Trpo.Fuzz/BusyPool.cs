namespace Trpo.Fuzz;

/// <summary>A thread pool of two threads, or of one for each processor if there are more, all of which are taken for as long as the process runs.</summary>
internal static class BusyPool
{
    /// <summary>The number of threads; the pool has no fewer than there are processors.</summary>
    public static int Threads { get; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Limits the pool and takes its threads; false if it does not take the limit.</summary>
    public static bool Take()
    {
        if (!ThreadPool.SetMinThreads(Threads, Threads) || !ThreadPool.SetMaxThreads(Threads, Threads))
            return false;
        ThreadPool.GetMaxThreads(out var max, out _);
        using var taken = new CountdownEvent(Threads);
        var end = new ManualResetEventSlim();
        for (var i = 0; i < Threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    taken.Signal();
                    end.Wait();
                },
                null);
        }

        taken.Wait();
        return max == Threads && ThreadPool.ThreadCount == Threads;
    }
}

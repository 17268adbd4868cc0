using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A pool of threads that run the items of one batch after another: the calling thread and workers, which live until the pool is disposed.
/// A thread that has finished an item takes the next one, so one slow item does not delay the others. A batch allocates nothing. Idle workers
/// spin for some microseconds and then sleep.
/// </summary>
/// <remarks>One thread calls <see cref="Run"/>, or <see cref="Begin(int)"/> and <see cref="Wait"/>, at a time, and no item calls them.</remarks>
internal sealed class WorkerPool : IDisposable
{
    // Long enough for the policy to choose the next actions meanwhile, short against a thread that sleeps and is woken.
    private const int SpinsBeforeSleep = 50;

    private readonly Action<int> _work;
    private readonly Thread[] _workers;

    // _gate guards the workers' sleep, the failure and disposal; _finished guards the caller's sleep.
    private readonly object _gate = new();
    private readonly object _finished = new();
    private int _count;

    // The number of items that no thread has taken; below 0 once threads found none left. An item is taken by decrementing this and by nothing
    // else, so a late worker takes an item of the running batch or none.
    private int _untaken;
    private int _unfinished;
    private int _sleeping;
    private bool _disposed;
    private int _failedIndex;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">The number of threads, at least 1, including the calling thread.</param>
    /// <param name="work">Runs the item of the given index.</param>
    public WorkerPool(int threads, Action<int> work)
    {
        _work = work;
        _workers = new Thread[threads - 1];
        try
        {
            for (var i = 0; i < _workers.Length; i++)
            {
                // A background thread does not keep the process alive.
                var worker = new Thread(RunWorker) { IsBackground = true, Name = $"Trpo environments {i + 1}" };
                worker.Start();
                _workers[i] = worker;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs the items 0 to <paramref name="count"/> - 1, each once, and returns when all are done.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    /// <remarks>If items fail, the others still run, and then the exception of the lowest index is thrown.</remarks>
    public void Run(int count)
    {
        // The calling thread takes one item itself.
        Begin(count, count - 1);
        TakeItems();
        Wait(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins the items 0 to <paramref name="count"/> - 1, each once, on the workers alone. <see cref="Wait"/> follows, until it returns true.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Begin(int count) => Begin(count, count);

    /// <summary>Waits for the items that were begun.</summary>
    /// <param name="timeout">The longest time to wait.</param>
    /// <returns>True if all are done, false if the time is over before.</returns>
    /// <remarks>If items fail, the others still run, and then the exception of the lowest index is thrown.</remarks>
    public bool Wait(TimeSpan timeout)
    {
        if (!WaitForWorkers(timeout))
            return false;
        if (_failure is not { } failure)
            return true;
        _failure = null;
        failure.Throw();
        return true;
    }

    /// <summary>Ends the workers and waits for them.</summary>
    public void Dispose()
    {
        Abandon();
        foreach (var worker in _workers)
            worker?.Join();
    }

    /// <summary>Ends the workers without waiting for those that are within an item: they end when it does.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _disposed = true;
            _untaken = 0;
            Monitor.PulseAll(_gate);
        }
    }

    private void Begin(int count, int wakened)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_gate)
        {
            (_count, _unfinished) = (count, count);
            Volatile.Write(ref _untaken, count);
            for (var i = Math.Min(wakened, _sleeping); i > 0; i--)
                Monitor.Pulse(_gate);
        }
    }

    private void RunWorker()
    {
        while (WaitForItems())
            TakeItems();
    }

    // Returns false once the pool is disposed.
    private bool WaitForItems()
    {
        for (var spin = new SpinWait(); spin.Count < SpinsBeforeSleep; spin.SpinOnce(sleep1Threshold: -1))
        {
            if (Volatile.Read(ref _untaken) > 0)
                return true;
        }

        lock (_gate)
        {
            while (_untaken <= 0 && !_disposed)
            {
                _sleeping++;
                Monitor.Wait(_gate);
                _sleeping--;
            }

            return !_disposed;
        }
    }

    private void TakeItems()
    {
        // The batch cannot end before an item that was taken is done, so _count is still its own.
        for (int left; (left = Interlocked.Decrement(ref _untaken)) >= 0;)
            RunItem(_count - 1 - left);
    }

    private void RunItem(int index)
    {
        try
        {
            _work(index);
        }
        catch (Exception exception)
        {
            RecordFailure(index, exception);
        }

        if (Interlocked.Decrement(ref _unfinished) > 0)
            return;
        lock (_finished)
            Monitor.Pulse(_finished);
    }

    // The first of several failures depends on timing; the one of the lowest index does not.
    private void RecordFailure(int index, Exception exception)
    {
        lock (_gate)
        {
            if (_failure is null || index < _failedIndex)
                (_failedIndex, _failure) = (index, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private bool WaitForWorkers(TimeSpan timeout)
    {
        for (var spin = new SpinWait(); spin.Count < SpinsBeforeSleep; spin.SpinOnce(sleep1Threshold: -1))
        {
            if (Volatile.Read(ref _unfinished) == 0)
                return true;
        }

        var started = Stopwatch.GetTimestamp();
        lock (_finished)
        {
            while (Volatile.Read(ref _unfinished) > 0)
            {
                if (timeout == Timeout.InfiniteTimeSpan)
                    Monitor.Wait(_finished);
                else if (timeout - Stopwatch.GetElapsedTime(started) is not { Ticks: > 0 } left || !Monitor.Wait(_finished, left))
                    return Volatile.Read(ref _unfinished) == 0;
            }

            return true;
        }
    }
}

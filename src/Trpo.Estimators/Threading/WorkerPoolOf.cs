using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Trpo.Estimators.Threading;

/// <summary>
/// A pool of threads that run the items of one batch after another: the calling thread and workers, which live until the pool is disposed.
/// A thread that has finished an item takes the next one, so one slow item does not delay the others. A batch allocates nothing. Idle workers
/// spin for some microseconds and then sleep.
/// </summary>
/// <typeparam name="TThreading">The operations of threads: <see cref="SystemThreading"/>, or those of a scheduler.</typeparam>
/// <remarks>
/// One thread calls <see cref="Run"/>, or <see cref="Begin(int)"/> and <see cref="Wait"/>, at a time, and no item calls them. <see cref="Dispose"/> and <see cref="Abandon"/> may be
/// called by any thread at any time.
/// </remarks>
internal abstract class WorkerPool<TThreading> : IDisposable
    where TThreading : struct, IThreading
{
    // Long enough for the policy to choose the next actions meanwhile, short against a thread that sleeps and is woken.
    private const int SpinsBeforeSleep = 50;

    private readonly TThreading _threading;
    private readonly Action<int> _work;
    private readonly Thread?[] _workers;

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
    private bool _dropped;
    private int _failedIndex;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">The number of threads, at least 1, including the calling thread.</param>
    /// <param name="work">Runs the item of the given index.</param>
    /// <param name="threading">The operations of threads.</param>
    /// <param name="name">The name of the workers, which their number follows.</param>
    protected WorkerPool(int threads, Action<int> work, TThreading threading, string name)
    {
        _threading = threading;
        _work = work;
        _workers = new Thread[threads - 1];
        try
        {
            for (var i = 0; i < _workers.Length; i++)
                _workers[i] = _threading.Start(RunWorker, $"{name} {i + 1}");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs the items 0 to <paramref name="count"/> - 1, each once, and returns when all are done.</summary>
    /// <exception cref="ObjectDisposedException">The pool has been disposed, before or meanwhile.</exception>
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
    /// <exception cref="ObjectDisposedException">The pool was disposed before all items were taken; those that were have ended.</exception>
    /// <remarks>If items fail, the others still run, and then the exception of the lowest index is thrown.</remarks>
    public bool Wait(TimeSpan timeout)
    {
        if (!WaitForWorkers(timeout))
            return false;
        ObjectDisposedException.ThrowIf(_dropped, this);
        if (_failure is not { } failure)
            return true;
        _failure = null;
        failure.Throw();
        return true;
    }

    /// <summary>The number of items of the batch that are not done, those that no thread has taken included.</summary>
    public int Unfinished => _threading.Read(ref _unfinished);

    /// <summary>Ends the workers and waits for them. Items that no thread has taken do not run.</summary>
    public void Dispose()
    {
        Abandon();
        foreach (var worker in _workers)
        {
            if (worker is not null)
                _threading.Join(worker);
        }
    }

    /// <summary>Ends the workers without waiting for those that are within an item: they end when it does. Items that no thread has taken do not run.</summary>
    public void Abandon()
    {
        int untaken;
        using (_threading.Hold(_gate))
        {
            _disposed = true;
            untaken = _threading.Exchange(ref _untaken, 0);
            _dropped |= untaken > 0;
            _threading.PulseAll(_gate);
        }

        // The caller would wait for them for ever.
        if (untaken > 0)
            Finish(untaken);
    }

    private void Begin(int count, int wakened)
    {
        using (_threading.Hold(_gate))
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            (_count, _unfinished) = (count, count);
            _threading.Write(ref _untaken, count);
            for (var i = Math.Min(wakened, _sleeping); i > 0; i--)
                _threading.Pulse(_gate);
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
        var spin = default(SpinWait);
        do
        {
            if (_threading.Read(ref _untaken) > 0)
                return true;
        }
        while (_threading.Spin(ref spin, SpinsBeforeSleep));

        using (_threading.Hold(_gate))
        {
            while (_untaken <= 0 && !_disposed)
            {
                _sleeping++;
                _threading.Wait(_gate, Timeout.InfiniteTimeSpan);
                _sleeping--;
            }

            return !_disposed;
        }
    }

    private void TakeItems()
    {
        // The batch cannot end before an item that was taken is done, so _count is still its own.
        for (int left; (left = _threading.Add(ref _untaken, -1)) >= 0;)
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

        Finish(1);
    }

    private void Finish(int items)
    {
        if (_threading.Add(ref _unfinished, -items) > 0)
            return;
        using (_threading.Hold(_finished))
            _threading.Pulse(_finished);
    }

    // The first of several failures depends on timing; the one of the lowest index does not.
    private void RecordFailure(int index, Exception exception)
    {
        using (_threading.Hold(_gate))
        {
            if (_failure is null || index < _failedIndex)
                (_failedIndex, _failure) = (index, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private bool WaitForWorkers(TimeSpan timeout)
    {
        var spin = default(SpinWait);
        do
        {
            if (_threading.Read(ref _unfinished) == 0)
                return true;
        }
        while (_threading.Spin(ref spin, SpinsBeforeSleep));

        var started = _threading.Timestamp;
        using (_threading.Hold(_finished))
        {
            while (_threading.Read(ref _unfinished) > 0)
            {
                var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - Stopwatch.GetElapsedTime(started, _threading.Timestamp);
                if ((timeout != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero) || !_threading.Wait(_finished, left))
                    return _threading.Read(ref _unfinished) == 0;
            }

            return true;
        }
    }
}

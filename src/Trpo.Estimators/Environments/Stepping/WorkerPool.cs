using System.Runtime.ExceptionServices;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// Threads that share out pieces of work again and again: the one that asks, and workers that live until the team is disposed. Whoever has
/// finished a piece takes the next, so that one slow piece does not hold up the others. A round allocates nothing. Workers that wait for
/// the next round spin for some microseconds and then sleep.
/// </summary>
/// <remarks>One thread asks at a time, and no piece of work asks.</remarks>
internal sealed class WorkerPool : IDisposable
{
    // Long enough for the policy to choose the next actions meanwhile, short against a thread that sleeps and is woken.
    private const int SpinsBeforeSleep = 50;

    private readonly Action<int> _work;
    private readonly Thread[] _workers;

    // Guards the sleep of the workers, the failure and the end; the other lock the sleep of the one that asked.
    private readonly object _gate = new();
    private readonly object _finished = new();
    private int _count;

    // The pieces that nobody has taken yet; below 0 where threads asked in vain. A piece is taken by counting this down and by nothing else, so
    // that a worker that comes late takes a piece of the round that is running or none.
    private int _untaken;
    private int _unfinished;
    private int _asleep;
    private bool _disposed;
    private int _failed;
    private ExceptionDispatchInfo? _failure;

    /// <param name="threads">The number of threads, the one that asks among them; at least 1.</param>
    /// <param name="work">Does one piece of work, given its index.</param>
    public WorkerPool(int threads, Action<int> work)
    {
        _work = work;
        _workers = new Thread[threads - 1];
        try
        {
            for (var i = 0; i < _workers.Length; i++)
            {
                // A background thread does not keep the process alive.
                var worker = new Thread(Live) { IsBackground = true, Name = $"Trpo environments {i + 1}" };
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

    /// <summary>Does the pieces of work from 0 to <paramref name="count"/> - 1, each once, and returns when all are done.</summary>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    /// <remarks>Where pieces fail, the others are done nevertheless, and then the exception of the one with the lowest index is thrown.</remarks>
    public void Run(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (count == 0)
            return;
        Begin(count);
        TakePieces();
        WaitForTheOthers();
        if (_failure is not { } failure)
            return;
        _failure = null;
        failure.Throw();
    }

    /// <summary>Ends the threads, and waits for them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _untaken = 0;
            Monitor.PulseAll(_gate);
        }

        foreach (var worker in _workers)
            worker?.Join();
    }

    private void Begin(int count)
    {
        lock (_gate)
        {
            (_count, _unfinished) = (count, count);
            Volatile.Write(ref _untaken, count);

            // The asking thread takes one piece itself.
            for (var i = Math.Min(count - 1, _asleep); i > 0; i--)
                Monitor.Pulse(_gate);
        }
    }

    private void Live()
    {
        while (WaitForPieces())
            TakePieces();
    }

    // False at the end.
    private bool WaitForPieces()
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
                _asleep++;
                Monitor.Wait(_gate);
                _asleep--;
            }

            return !_disposed;
        }
    }

    private void TakePieces()
    {
        // The round cannot end before a piece that was taken is done; until then its count stands.
        for (int left; (left = Interlocked.Decrement(ref _untaken)) >= 0;)
            Do(_count - 1 - left);
    }

    private void Do(int index)
    {
        try
        {
            _work(index);
        }
        catch (Exception exception)
        {
            Remember(index, exception);
        }

        if (Interlocked.Decrement(ref _unfinished) > 0)
            return;
        lock (_finished)
            Monitor.Pulse(_finished);
    }

    // Which of several failures came first depends on the threads; which has the lowest index does not.
    private void Remember(int index, Exception exception)
    {
        lock (_gate)
        {
            if (_failure is null || index < _failed)
                (_failed, _failure) = (index, ExceptionDispatchInfo.Capture(exception));
        }
    }

    private void WaitForTheOthers()
    {
        for (var spin = new SpinWait(); spin.Count < SpinsBeforeSleep; spin.SpinOnce(sleep1Threshold: -1))
        {
            if (Volatile.Read(ref _unfinished) == 0)
                return;
        }

        lock (_finished)
        {
            while (Volatile.Read(ref _unfinished) > 0)
                Monitor.Wait(_finished);
        }
    }
}

namespace Trpo.Tests.Support.Scheduling;

/// <summary>
/// A scheduler of the threads of one test. Exactly one thread runs at a time; at each operation by which threads meet (<see cref="Point"/>, a lock, a wait, a read or write that others see)
/// the next one is drawn from the seed. Equal seeds give equal interleavings. A state in which no thread can go on is a deadlock, and fails.
/// </summary>
/// <remarks>
/// Explored are the interleavings of operations, each seen by all threads at once. Reorderings of a processor between two operations are not. The first thread is that of the caller of
/// <see cref="Run"/>; locks are the scheduler's own, so that nothing but the turn of a thread blocks.
/// </remarks>
/// <param name="seed">The seed.</param>
/// <param name="carriers">Threads that other schedulers have used; those that are missing are added.</param>
internal sealed class SeededScheduler(int seed, List<ReusableThread> carriers)
{
    // An interleaving of the tests has some hundred operations.
    private const int MaxOperations = 20_000;
    private const int TracedOperations = 80;

    // The thread goes on with this probability, so that some seeds have few switches and some a switch at almost every operation.
    private static readonly double[] StayProbabilities = [0, 0.5, 0.8, 0.95];

    private readonly double _stay = StayProbabilities[(uint)seed % StayProbabilities.Length];
    private readonly List<ScheduledThread> _threads = [];
    private readonly List<ScheduledThread> _runnable = [];
    private readonly Dictionary<object, ScheduledGate> _gates = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<string> _trace = new();
    private ScheduledThread _current = null!;
    private Exception? _failure;
    private int _operations;

    /// <summary>Gets the random numbers of the seed, for the choices of the test as well.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Gets or sets the time. It advances with the waits that run out.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>Gets the thread that runs.</summary>
    public ScheduledThread Current => _current;

    /// <summary>Runs a test with each of the seeds from <paramref name="first"/> on, and fails with the first one that fails, its message and the end of its trace.</summary>
    public static void Explore(int seeds, Action<SeededScheduler> test, int first = 0)
    {
        if (FindFailure(seeds, test, first) is var (seed, message))
            Assert.Fail($"Seed {seed}: {message}\nExplore(1, ..., first: {seed}) runs this interleaving alone.");
    }

    /// <summary>Returns the first seed that fails, and the message; null if none does.</summary>
    public static (int Seed, string Message)? FindFailure(int seeds, Action<SeededScheduler> test, int first = 0)
    {
        var carriers = new List<ReusableThread>();
        try
        {
            for (var seed = first; seed < first + seeds; seed++)
            {
                var scheduler = new SeededScheduler(seed, carriers);
                try
                {
                    scheduler.Run(() => test(scheduler));
                }
                catch (Exception exception)
                {
                    return (seed, $"{exception.GetType().Name}: {exception.Message}\n{string.Join("\n", scheduler._trace)}");
                }
            }

            return null;
        }
        finally
        {
            carriers.ForEach(carrier => carrier.Dispose());
        }
    }

    /// <summary>Runs the first thread, and returns when all threads have ended.</summary>
    /// <exception cref="ScheduleException">No thread can go on, or they never end.</exception>
    /// <remarks>The exception of a thread ends the others and is thrown.</remarks>
    public void Run(Action body)
    {
        using var turn = new SemaphoreSlim(0);
        _current = new ScheduledThread(0, "main", turn, carrier: null);
        _threads.Add(_current);
        try
        {
            body();
            AwaitOthers();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        _threads.ForEach(thread => thread.Free());
        if (_failure is not null)
            throw _failure;
    }

    /// <summary>Fails unless a condition holds; cheaper than a constraint, thousands of times.</summary>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new AssertionException(otherwise);
    }

    /// <summary>Lets another thread run, or none, before the operation that follows.</summary>
    public void Point(string operation) => Block(operation, canGoOn: null);

    /// <summary>Lets the threads run in which <paramref name="canGoOn"/> is true, which is asked whenever the next thread is drawn; null for always.</summary>
    public void Block(string operation, Func<bool>? canGoOn)
    {
        var thread = _current;
        ThrowIfFailed();
        Trace(operation);
        if (++_operations > MaxOperations)
            throw Fail(new ScheduleException($"The threads have not ended after {MaxOperations} operations."));
        thread.CanGoOn = canGoOn;
        var next = Draw() ?? throw Fail(Deadlock());
        if (next != thread)
        {
            _current = next;
            next.Resume();
            thread.AwaitTurn();
        }

        thread.CanGoOn = null;
        ThrowIfFailed();
    }

    /// <summary>Starts another thread.</summary>
    public Thread Start(ThreadStart body, string name)
    {
        if (carriers.Count < _threads.Count)
            carriers.Add(new ReusableThread());
        var carrier = carriers[_threads.Count - 1];
        var thread = new ScheduledThread(_threads.Count, name, carrier.Turn, carrier);
        thread.Start(() => RunThread(thread, body));
        _threads.Add(thread);
        Point($"starts {thread}");
        return thread.Thread!;
    }

    /// <summary>Waits for the end of a thread that was started by the scheduler.</summary>
    public void Join(Thread thread)
    {
        var joined = _threads.Find(other => other.Thread == thread)!;
        Block($"joins {joined}", () => joined.HasEnded);
    }

    /// <summary>Lets the first thread wait for the end of all others.</summary>
    public void AwaitOthers() => Block("waits for the others", () => _threads.TrueForAll(thread => thread.HasEnded || thread == _threads[0]));

    /// <summary>Returns the lock of an object.</summary>
    public ScheduledGate Gate(object gate)
    {
        if (!_gates.TryGetValue(gate, out var scheduled))
            _gates[gate] = scheduled = new ScheduledGate(this);
        return scheduled;
    }

    private void RunThread(ScheduledThread thread, ThreadStart body)
    {
        thread.AwaitTurn();
        try
        {
            ThrowIfFailed();
            body();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        thread.HasEnded = true;
        if (_failure is not null)
            return;
        Trace("ends");
        if (Draw() is { } next)
        {
            _current = next;
            next.Resume();
        }
        else
        {
            Fail(Deadlock());
        }
    }

    private ScheduledThread? Draw()
    {
        if (_current.IsRunnable && Random.NextDouble() < _stay)
            return _current;
        _runnable.Clear();
        foreach (var thread in _threads)
        {
            if (thread.IsRunnable)
                _runnable.Add(thread);
        }

        return _runnable.Count == 0 ? null : _runnable[Random.Next(_runnable.Count)];
    }

    private ScheduleException Deadlock() => new($"Deadlock, no thread can go on: {string.Join(", ", _threads.Where(thread => !thread.HasEnded).Select(thread => $"{thread} {thread.Operation}"))}.");

    // The first failure counts; those that follow are of the threads that it ends.
    private Exception Fail(Exception exception)
    {
        if (Interlocked.CompareExchange(ref _failure, exception, null) is not null)
            return exception;
        foreach (var thread in _threads.Where(thread => thread != _current))
            thread.Resume();
        return exception;
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            throw new ScheduleException("The schedule has ended with the failure of another thread.");
    }

    private void Trace(string operation)
    {
        _current.Operation = operation;
        _trace.Enqueue($"{_current} {operation}");
        if (_trace.Count > TracedOperations)
            _trace.Dequeue();
    }
}

using System.Globalization;
using Trpo.Estimators.Threading;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A queue of at most one step or reset per environment. Synchronous environments run on one or more threads, asynchronous ones at the same time. Failed environments are
/// restarted, if that is allowed. Results and thrown failures do not depend on the number of threads.
/// </summary>
internal sealed class StepQueue : IDisposable
{
    /// <summary>The name of the threads that step environments.</summary>
    public const string ThreadName = "Trpo environments";

    private readonly VectorEnvironment _environments;
    private readonly TimeSpan? _timeout;
    private readonly EnvironmentRestarts _restarts;
    private readonly AsyncSteps _asynchronous;
    private readonly WorkerPool? _pool;
    private readonly WatchedSteps? _watched;
    private readonly int _actionLength;
    private readonly float[] _actions;
    private readonly bool[] _isStep;
    private readonly int?[] _seeds;
    private readonly StepResult[] _results;
    private readonly int[] _queued;
    private readonly int[] _ordered;
    private readonly EnvironmentException?[] _failures;
    private readonly List<int> _restarted = [];
    private volatile bool _hasFailed;
    private int _count;
    private int _firstOnThreads;

    /// <param name="environments">The environments, which the caller disposes.</param>
    /// <param name="options">The threads, the longest time of a step, and the number of restarts.</param>
    /// <param name="warn">Receives warnings; null for no receiver.</param>
    /// <param name="cancellation">Cancelled if the work is; asynchronous environments receive it.</param>
    public StepQueue(VectorEnvironment environments, SteppingOptions options, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        var count = environments.Count;
        (_environments, _timeout) = (environments, options.StepTimeout);
        _restarts = new EnvironmentRestarts(environments, options.MaxRestarts, warn, cancellation);
        _asynchronous = new AsyncSteps(environments, options.StepTimeout, cancellation);
        _actionLength = environments.ActionSpace.Length;
        _actions = new float[count * _actionLength];
        (_isStep, _seeds, _results, _failures) = (new bool[count], new int?[count], new StepResult[count], new EnvironmentException?[count]);
        (_queued, _ordered) = (new int[count], new int[count]);
        if (options.StepTimeout is { } timeout)
            _watched = new WatchedSteps(count, options.Threads, timeout, RunOne);
        else if (Math.Min(options.Threads, count) is > 1 and var members)
            _pool = new WorkerPool(members, position => RunOne(_ordered[_firstOnThreads + position]), ThreadName);
    }

    /// <summary>The number of restarts of environments so far.</summary>
    public int Restarts
    {
        get => _restarts.Count;
        set => _restarts.Count = value;
    }

    /// <summary>The number of restarts of other environments that count as well.</summary>
    public int RestartsElsewhere
    {
        set => _restarts.Elsewhere = value;
    }

    /// <summary>Queues a step of environment <paramref name="index"/>. Calls between two runs come in ascending order of the index, each index at most once.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="action">The action, <c>[k]</c>, which is copied.</param>
    public void EnqueueStep(int index, ReadOnlySpan<float> action)
    {
        action.CopyTo(Action(index));
        _isStep[index] = true;
        _queued[_count++] = index;
    }

    /// <summary>Queues a reset of environment <paramref name="index"/>. Calls between two runs come in ascending order of the index, each index at most once.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="seed">The seed of the episode; null continues the environment's random sequence.</param>
    public void EnqueueReset(int index, int? seed)
    {
        _seeds[index] = seed;
        _isStep[index] = false;
        _queued[_count++] = index;
    }

    /// <summary>Runs and empties the queue, and returns when all steps and resets are done. Environments that fail are restarted, as long as that is allowed.</summary>
    /// <param name="seedOf">Returns the seed of the first episode of a restarted environment, from its index and its failure.</param>
    /// <returns>The environments that were restarted, each of which is at the start of an episode, whether a step or a reset failed; valid until the next run. Empty as a rule.</returns>
    /// <exception cref="EnvironmentException">One or more environments failed, and cannot be restarted: the exception is that of the lowest index. Or one has not returned within the longest time of a step.</exception>
    public IReadOnlyList<int> Run(Func<int, EnvironmentException, int> seedOf)
    {
        _restarted.Clear();
        RunOnce();
        while (_hasFailed)
        {
            _hasFailed = false;
            _restarts.Restart(_failures);
            for (var i = 0; i < _failures.Length; i++)
            {
                if (_failures[i] is not { } failure)
                    continue;
                _failures[i] = null;
                if (!_restarted.Contains(i))
                    _restarted.Add(i);
                EnqueueReset(i, seedOf(i, failure));
            }

            RunOnce();
        }

        _environments.WarnOfTruncation();
        return _restarted;
    }

    /// <summary>Returns the result of the last step of environment <paramref name="index"/>.</summary>
    public StepResult Result(int index) => _results[index];

    /// <summary>Resets every environment, each with a seed of its own.</summary>
    /// <param name="random">The source of the seeds.</param>
    public void Reset(RandomSource random)
    {
        // A failure may have left steps and failures in the queue.
        _count = 0;
        _hasFailed = false;
        Array.Clear(_failures);
        for (var i = 0; i < _environments.Count; i++)
            EnqueueReset(i, random.NextSeed());
        Run((_, _) => random.NextSeed());
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _asynchronous.Dispose();
        _pool?.Dispose();
        _watched?.Dispose();
    }

    private void RunOnce()
    {
        // Asynchronous environments begin first, and wait while the others step.
        var (count, ordered) = (_count, 0);
        _count = 0;
        foreach (var index in _queued.AsSpan(0, count))
        {
            if (_environments.Slot(index).Asynchronous is not null)
                _ordered[ordered++] = index;
        }

        var asynchronous = ordered;
        foreach (var index in _queued.AsSpan(0, count))
        {
            if (_environments.Slot(index).Asynchronous is null)
                _ordered[ordered++] = index;
        }

        // With a limit of time, the calling thread must be free to look at the clock: an asynchronous call may block before its first wait.
        var begun = _watched is null ? asynchronous : 0;
        foreach (var index in _ordered.AsSpan(0, begun))
            RunOne(index);
        RunOnThreads(begun, count);
        if (asynchronous > 0)
            EndAsynchronous(_queued.AsSpan(0, count));
    }

    private void RunOnThreads(int start, int end)
    {
        if (_watched is not null && end > start)
        {
            if (_watched.Run(_ordered.AsSpan(start..end)) is { Count: > 0 } hanging)
                throw Hangs(hanging);
        }
        else if (_pool is not null && end - start > 1)
        {
            _firstOnThreads = start;
            _pool.Run(end - start);
        }
        else
        {
            foreach (var index in _ordered.AsSpan(start..end))
                RunOne(index);
        }
    }

    private void RunOne(int index)
    {
        try
        {
            if (_environments.Slot(index).Asynchronous is not null)
                _asynchronous.Begin(index, _isStep[index], Action(index), _seeds[index]);
            else if (_isStep[index])
                _results[index] = _environments.Step(index, Action(index));
            else
                _environments.Reset(index, _seeds[index]);
        }
        catch (EnvironmentException exception)
        {
            Fail(index, exception);
        }
    }

    private void EndAsynchronous(ReadOnlySpan<int> indices)
    {
        _asynchronous.Wait();
        foreach (var index in indices)
        {
            var slot = _environments.Slot(index);
            if (slot.Asynchronous is not { } calls)
                continue;
            try
            {
                if (!calls.HasReturned)
                    Fail(index, slot.NotReturned(calls.Elapsed, _timeout!.Value, DateTimeOffset.UtcNow));
                else
                    _results[index] = slot.End();
            }
            catch (EnvironmentException exception)
            {
                Fail(index, exception);
            }
        }
    }

    private void Fail(int index, EnvironmentException failure)
    {
        _failures[index] = failure;
        _hasFailed = true;
    }

    // The threads are still within the environments, which can be neither ended nor disposed.
    private EnvironmentException Hangs(IReadOnlyList<(int Index, TimeSpan Elapsed)> hanging)
    {
        var (first, elapsed) = hanging[0];
        var failure = _environments.Slot(first).NotReturned(elapsed, _timeout!.Value, DateTimeOffset.UtcNow);
        foreach (var (index, _) in hanging)
            _environments.Slot(index).Abandon();
        var others = hanging.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {hanging.Count - 1} more hang, with the indices {string.Join(", ", hanging.Skip(1).Select(other => _environments.First + other.Index))}.");
        return new EnvironmentException($"{failure.Message}{others} A step cannot be ended from outside, so that the work ends; the environment is not disposed.", failure.InnerException);
    }

    private Span<float> Action(int index) => _actions.AsSpan(index * _actionLength, _actionLength);
}

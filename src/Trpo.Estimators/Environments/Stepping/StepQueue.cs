using System.Globalization;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A queue of at most one step or reset per environment. Synchronous environments run on one or more threads, asynchronous ones at the same time. Failed environments are
/// restarted, if that is allowed. Results and thrown failures do not depend on the number of threads.
/// </summary>
internal sealed class StepQueue : IDisposable
{
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
    private readonly int[] _synchronous;
    private readonly EnvironmentException?[] _failures;
    private readonly List<int> _restarted = [];
    private volatile bool _hasFailed;
    private int _count;

    /// <param name="environments">The environments, which the caller disposes.</param>
    /// <param name="options">The threads, the longest time of a step, and the number of restarts.</param>
    /// <param name="warn">Receives warnings; null for no receiver.</param>
    /// <param name="cancellation">Cancelled if the work is; asynchronous environments receive it.</param>
    public StepQueue(VectorEnvironment environments, SteppingOptions options, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        var count = environments.Count;
        (_environments, _timeout) = (environments, options.StepTimeout);
        _restarts = new EnvironmentRestarts(environments, options.MaxRestarts, warn, cancellation);
        _asynchronous = new AsyncSteps(options.StepTimeout, cancellation);
        _actionLength = environments.ActionSpace.Length;
        _actions = new float[count * _actionLength];
        (_isStep, _seeds, _results, _failures) = (new bool[count], new int?[count], new StepResult[count], new EnvironmentException?[count]);
        (_queued, _synchronous) = (new int[count], new int[count]);
        if (options.StepTimeout is { } timeout)
            _watched = new WatchedSteps(count, options.Threads, timeout, RunOne);
        else if (Math.Min(options.Threads, count) is > 1 and var members)
            _pool = new WorkerPool(members, position => RunOne(_synchronous[position]));
    }

    /// <summary>The number of restarts of environments so far.</summary>
    public int Restarts
    {
        get => _restarts.Count;
        set => _restarts.Count = value;
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
    /// <param name="seedOf">Returns the seed of the first episode of a restarted environment.</param>
    /// <returns>The environments that were restarted, each of which is at the start of an episode, whether a step or a reset failed; valid until the next run. Empty as a rule.</returns>
    /// <exception cref="EnvironmentException">One or more environments failed, and cannot be restarted: the exception is that of the lowest index. Or one has not returned within the longest time of a step.</exception>
    public IReadOnlyList<int> Run(Func<int, int> seedOf)
    {
        _restarted.Clear();
        RunOnce();
        while (_hasFailed)
        {
            _hasFailed = false;
            for (var i = 0; i < _failures.Length; i++)
            {
                if (_failures[i] is not { } failure)
                    continue;
                _failures[i] = null;
                _restarts.Restart(i, failure);
                if (!_restarted.Contains(i))
                    _restarted.Add(i);
                EnqueueReset(i, seedOf(i));
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
        Run(_ => random.NextSeed());
    }

    /// <summary>Ends the threads, and cancels what is under way.</summary>
    public void Dispose()
    {
        _asynchronous.Dispose();
        _pool?.Dispose();
        _watched?.Dispose();
    }

    private void RunOnce()
    {
        var (count, synchronous) = (_count, 0);
        _count = 0;
        for (var i = 0; i < count; i++)
        {
            var index = _queued[i];
            if (_environments.Slot(index).IsAsynchronous)
                Begin(index);
            else
                _synchronous[synchronous++] = index;
        }

        RunSynchronous(_synchronous.AsSpan(0, synchronous));
        if (synchronous < count)
            EndAsynchronous(_queued.AsSpan(0, count));
    }

    private void RunSynchronous(ReadOnlySpan<int> indices)
    {
        if (_watched is not null && indices.Length > 0)
        {
            if (_watched.Run(indices) is { Count: > 0 } hanging)
                throw Hangs(hanging);
        }
        else if (_pool is not null && indices.Length > 1)
        {
            _pool.Run(indices.Length);
        }
        else
        {
            foreach (var index in indices)
                RunOne(index);
        }
    }

    private void RunOne(int index)
    {
        try
        {
            if (_isStep[index])
                _results[index] = _environments.Step(index, Action(index));
            else
                _environments.Reset(index, _seeds[index]);
        }
        catch (EnvironmentException exception)
        {
            Fail(index, exception);
        }
    }

    private void Begin(int index)
    {
        var slot = _environments.Slot(index);
        _asynchronous.Add(_isStep[index] ? slot.BeginStep(Action(index), _asynchronous.Token) : slot.BeginReset(_seeds[index], _asynchronous.Token));
    }

    private void EndAsynchronous(ReadOnlySpan<int> indices)
    {
        _asynchronous.Wait();
        foreach (var index in indices)
        {
            var slot = _environments.Slot(index);
            if (!slot.IsAsynchronous)
                continue;
            try
            {
                if (!slot.HasReturned)
                    Fail(index, slot.NotReturned(_asynchronous.Elapsed, _timeout!.Value, DateTimeOffset.UtcNow));
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
            _environments.Slot(index).Leave();
        var others = hanging.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {hanging.Count - 1} more hang, with the indices {string.Join(", ", hanging.Skip(1).Select(other => other.Index))}.");
        return new EnvironmentException($"{failure.Message}{others} A step cannot be ended from outside, so that the work ends; the environment is not disposed.", failure.InnerException);
    }

    private Span<float> Action(int index) => _actions.AsSpan(index * _actionLength, _actionLength);
}

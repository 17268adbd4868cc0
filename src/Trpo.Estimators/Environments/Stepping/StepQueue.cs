using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// A queue of at most one step or reset per environment, run on one or more threads. Results and thrown failures do not depend on the
/// number of threads.
/// </summary>
internal sealed class StepQueue : IDisposable
{
    private readonly VectorEnvironment _environments;
    private readonly WorkerPool? _pool;
    private readonly int _actionLength;
    private readonly float[] _actions;
    private readonly bool[] _isStep;
    private readonly int?[] _seeds;
    private readonly StepResult[] _results;
    private readonly int[] _queued;
    private int _count;

    /// <param name="environments">The environments, which the caller disposes.</param>
    /// <param name="actionLength">The number of values of an action.</param>
    /// <param name="threads">The number of threads, at least 1; at most one per environment is used.</param>
    public StepQueue(VectorEnvironment environments, int actionLength, int threads)
    {
        _environments = environments;
        _actionLength = actionLength;
        _actions = new float[environments.Count * actionLength];
        _isStep = new bool[environments.Count];
        _seeds = new int?[environments.Count];
        _results = new StepResult[environments.Count];
        _queued = new int[environments.Count];
        if (Math.Min(threads, environments.Count) is > 1 and var members)
            _pool = new WorkerPool(members, RunQueued);
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

    /// <summary>Runs and empties the queue, and returns when all steps and resets are done.</summary>
    /// <exception cref="EnvironmentException">One or more environments failed; the exception is that of the lowest index.</exception>
    public void Run()
    {
        var count = _count;
        _count = 0;
        if (_pool is not null && count > 1)
        {
            _pool.Run(count);
        }
        else
        {
            for (var i = 0; i < count; i++)
                RunQueued(i);
        }

        _environments.WarnOfTruncation();
    }

    /// <summary>Returns the result of the last step of environment <paramref name="index"/>.</summary>
    public StepResult Result(int index) => _results[index];

    /// <summary>Resets every environment, each with a seed of its own.</summary>
    /// <param name="random">The source of the seeds.</param>
    public void Reset(RandomSource random)
    {
        // A failure may have left steps in the queue.
        _count = 0;
        for (var i = 0; i < _environments.Count; i++)
            EnqueueReset(i, random.NextSeed());
        Run();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _pool?.Dispose();

    private void RunQueued(int position)
    {
        var index = _queued[position];
        if (_isStep[index])
            _results[index] = _environments.Step(index, Action(index));
        else
            _environments.Reset(index, _seeds[index]);
    }

    private Span<float> Action(int index) => _actions.AsSpan(index * _actionLength, _actionLength);
}

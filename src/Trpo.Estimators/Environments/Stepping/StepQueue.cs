using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>
/// What the environments of a block do next: it is said which of them act and which start an episode, and then they do, on as many threads
/// as there may be. What comes of it does not depend on the threads, nor does the failure that is thrown where several fail.
/// </summary>
internal sealed class StepQueue : IDisposable
{
    private readonly VectorEnvironment _environments;
    private readonly WorkerPool? _pool;
    private readonly int _actionLength;
    private readonly float[] _actions;
    private readonly bool[] _acts;
    private readonly int?[] _seeds;
    private readonly StepResult[] _results;
    private readonly int[] _queued;
    private int _count;

    /// <param name="environments">The environments.</param>
    /// <param name="actionLength">The number of values of an action.</param>
    /// <param name="threads">The number of threads, at least 1; not more than environments are used.</param>
    public StepQueue(VectorEnvironment environments, int actionLength, int threads)
    {
        _environments = environments;
        _actionLength = actionLength;
        _actions = new float[environments.Count * actionLength];
        _acts = new bool[environments.Count];
        _seeds = new int?[environments.Count];
        _results = new StepResult[environments.Count];
        _queued = new int[environments.Count];
        if (Math.Min(threads, environments.Count) is > 1 and var members)
            _pool = new WorkerPool(members, RunQueued);
    }

    /// <summary>Environment <paramref name="index"/> will act. No environment is planned for twice, and they are in ascending order.</summary>
    public void EnqueueStep(int index, ReadOnlySpan<float> action)
    {
        action.CopyTo(Action(index));
        _acts[index] = true;
        _queued[_count++] = index;
    }

    /// <summary>Environment <paramref name="index"/> will start an episode. No environment is planned for twice, and they are in ascending order.</summary>
    public void EnqueueReset(int index, int? seed)
    {
        _seeds[index] = seed;
        _acts[index] = false;
        _queued[_count++] = index;
    }

    /// <summary>Does what was planned, and returns when all of it is done.</summary>
    /// <exception cref="EnvironmentException">Environments broke their contract; it is that of the first of them.</exception>
    public void Run()
    {
        var count = _count;
        _count = 0;
        if (_pool is not null && count > 1)
        {
            _pool.Run(count);
            return;
        }

        for (var i = 0; i < count; i++)
            RunQueued(i);
    }

    /// <summary>What came of the last step of environment <paramref name="index"/>.</summary>
    public StepResult Result(int index) => _results[index];

    /// <summary>Starts an episode in every environment, each with a seed of its own.</summary>
    public void Reset(RandomSource random)
    {
        // What was planned when a failure came in between.
        _count = 0;
        for (var i = 0; i < _environments.Count; i++)
            EnqueueReset(i, random.NextSeed());
        Run();
    }

    /// <summary>Ends the threads. The environments are the block's.</summary>
    public void Dispose() => _pool?.Dispose();

    private void RunQueued(int position)
    {
        var index = _queued[position];
        if (_acts[index])
            _results[index] = _environments.Step(index, Action(index));
        else
            _environments.Reset(index, _seeds[index]);
    }

    private Span<float> Action(int index) => _actions.AsSpan(index * _actionLength, _actionLength);
}

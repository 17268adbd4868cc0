using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments;

/// <summary>
/// What the environments of a block do next: it is said which of them act and which start an episode, and then they do, on as many threads
/// as there may be. What comes of it does not depend on the threads, nor does the failure that is thrown where several fail.
/// </summary>
internal sealed class EnvironmentTurn : IDisposable
{
    private readonly EnvironmentBlock _block;
    private readonly WorkerTeam? _team;
    private readonly int _actionLength;
    private readonly float[] _actions;
    private readonly bool[] _acts;
    private readonly int?[] _seeds;
    private readonly StepResult[] _results;
    private readonly int[] _planned;
    private int _count;

    /// <param name="block">The environments.</param>
    /// <param name="actionLength">The number of values of an action.</param>
    /// <param name="threads">The number of threads, at least 1; not more than environments are used.</param>
    public EnvironmentTurn(EnvironmentBlock block, int actionLength, int threads)
    {
        _block = block;
        _actionLength = actionLength;
        _actions = new float[block.Count * actionLength];
        _acts = new bool[block.Count];
        _seeds = new int?[block.Count];
        _results = new StepResult[block.Count];
        _planned = new int[block.Count];
        if (Math.Min(threads, block.Count) is > 1 and var members)
            _team = new WorkerTeam(members, TakePlanned);
    }

    /// <summary>Environment <paramref name="index"/> will act. No environment is planned for twice, and they are in ascending order.</summary>
    public void PlanStep(int index, ReadOnlySpan<float> action)
    {
        action.CopyTo(Action(index));
        _acts[index] = true;
        _planned[_count++] = index;
    }

    /// <summary>Environment <paramref name="index"/> will start an episode. No environment is planned for twice, and they are in ascending order.</summary>
    public void PlanReset(int index, int? seed)
    {
        _seeds[index] = seed;
        _acts[index] = false;
        _planned[_count++] = index;
    }

    /// <summary>Does what was planned, and returns when all of it is done.</summary>
    /// <exception cref="EnvironmentException">Environments broke their contract; it is that of the first of them.</exception>
    public void Take()
    {
        var count = _count;
        _count = 0;
        if (_team is not null && count > 1)
        {
            _team.Run(count);
            return;
        }

        for (var i = 0; i < count; i++)
            TakePlanned(i);
    }

    /// <summary>What came of the last step of environment <paramref name="index"/>.</summary>
    public StepResult Result(int index) => _results[index];

    /// <summary>Starts an episode in every environment, each with a seed of its own.</summary>
    public void Reset(RandomSource random)
    {
        // What was planned when a failure came in between.
        _count = 0;
        for (var i = 0; i < _block.Count; i++)
            PlanReset(i, random.NextSeed());
        Take();
    }

    /// <summary>Ends the threads. The environments are the block's.</summary>
    public void Dispose() => _team?.Dispose();

    private void TakePlanned(int position)
    {
        var index = _planned[position];
        if (_acts[index])
            _results[index] = _block.Step(index, Action(index));
        else
            _block.Reset(index, _seeds[index]);
    }

    private Span<float> Action(int index) => _actions.AsSpan(index * _actionLength, _actionLength);
}

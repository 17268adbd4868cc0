using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>
/// Allows some of the choices of each dimension, others at each step, and pays 1 for each dimension whose lowest allowed choice is taken. A
/// forbidden choice is an error. The observation is a bias and the mask, which is all 0 when the episode of 10 steps has ended.
/// </summary>
internal sealed class LowestAllowed(ActionSpace actions, Func<float, float>? mask = null) : IEnvironment
{
    private const int Steps = 10;

    private readonly int[] _counts = actions is MultiDiscreteActionSpace multi ? [.. multi.Counts] : [actions.ScoreLength];
    private readonly bool[] _allowed = new bool[actions.ScoreLength];
    private Random _random = new(0);
    private int _step;

    public string Name => "Lowest";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1 + actions.ScoreLength, ["bias", .. actions.ScoreNames]);

    public ActionSpace ActionSpace => actions;

    public bool Allows(int choice) => _allowed[choice];

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _step = 0;
        Draw();
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var (reward, start) = (0, 0);
        for (var dimension = 0; dimension < _counts.Length; dimension++)
        {
            var choice = start + action.IndexOf(dimension);
            if (!_allowed[choice])
                throw new InvalidOperationException($"Choice {choice} is forbidden.");
            reward += Array.IndexOf(_allowed, true, start) == choice ? 1 : 0;
            start += _counts[dimension];
        }

        if (++_step < Steps)
            Draw();
        else
            Array.Clear(_allowed);
        Observe(observation);
        return new StepResult(reward, Terminated: _step == Steps);
    }

    // At least one in each dimension.
    private void Draw()
    {
        var start = 0;
        foreach (var count in _counts)
        {
            var certain = _random.Next(count);
            for (var i = 0; i < count; i++)
                _allowed[start + i] = i == certain || _random.Next(2) == 0;
            start += count;
        }
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = 1;
        for (var i = 0; i < _allowed.Length; i++)
        {
            var value = _allowed[i] ? 1 : 0;
            observation[1 + i] = mask?.Invoke(value) ?? value;
        }
    }
}

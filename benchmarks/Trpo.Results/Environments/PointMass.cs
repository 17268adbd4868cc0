using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Environments;

/// <summary>
/// A point mass that is pushed in each of several dimensions, for 50 steps. The bounds of the push are any; their middle is no push. An observation is the positions, then the velocities; an episode
/// begins at rest, at positions drawn from -1 to 1.
/// </summary>
internal sealed class PointMass : IEnvironment
{
    private const int StepLimit = 50;
    private const double TimeStep = 0.2;
    private const double Friction = 0.95;
    private const double PushCost = 0.01;

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());
    private readonly BoxActionSpace _pushes;
    private readonly PointMassGoal _goal;
    private readonly double[] _positions;
    private readonly double[] _velocities;
    private int _steps;

    /// <param name="dimensions">The number of dimensions.</param>
    /// <param name="low">The low bound of a push.</param>
    /// <param name="high">The high bound of a push.</param>
    /// <param name="goal">The goal of the pushes.</param>
    public PointMass(int dimensions, float low, float high, PointMassGoal goal)
    {
        _goal = goal;
        (_positions, _velocities) = (new double[dimensions], new double[dimensions]);
        ObservationSpace = ObservationSpace.Unbounded(2 * dimensions);
        ActionSpace = _pushes = ActionSpace.Box([.. Enumerable.Repeat(low, dimensions)], [.. Enumerable.Repeat(high, dimensions)]);
        Name = FormattableString.Invariant($"PointMass({dimensions}, [{low}, {high}], {goal})");
    }

    public string Name { get; }

    public ObservationSpace ObservationSpace { get; }

    public ActionSpace ActionSpace { get; }

    public int? MaxEpisodeSteps => StepLimit;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        for (var i = 0; i < _positions.Length; i++)
            (_positions[i], _velocities[i]) = (_random.NextDouble(-1, 1), 0);
        _steps = 0;
        Observe(observation);
    }

    /// <summary>Moves the mass. The reward is the mean over the dimensions of the position, or of minus its square and minus a hundredth of the squared push, in units in which the bounds are -1 and 1.</summary>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = 0.0;
        for (var i = 0; i < _positions.Length; i++)
        {
            var push = ((action.Values[i] - _pushes.Low[i]) / _pushes.HalfWidth(i)) - 1;
            _velocities[i] = Friction * (_velocities[i] + (TimeStep * push));
            _positions[i] += TimeStep * _velocities[i];
            reward += _goal == PointMassGoal.Origin ? -(_positions[i] * _positions[i]) - (PushCost * push * push) : _positions[i];
        }

        Observe(observation);
        return new StepResult(reward / _positions.Length, Truncated: ++_steps >= StepLimit);
    }

    private void Observe(Span<float> observation)
    {
        for (var i = 0; i < _positions.Length; i++)
            (observation[i], observation[_positions.Length + i]) = ((float)_positions[i], (float)_velocities[i]);
    }
}

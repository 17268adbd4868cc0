using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The values that an environment returned under a list of actions, bit for bit: in a first episode, and in those that follow after resets without a
/// seed. A first episode that is longer than half of the actions is left, so that a reset without a seed is always compared too.
/// </summary>
internal sealed class Trajectory
{
    private readonly EnvironmentProbe _probe;
    private readonly RandomSource _random = new(0);
    private readonly float[] _action;
    private readonly int _maxFirstSteps;
    private readonly List<double> _values = [];

    // The index of the first return of each episode.
    private readonly List<int> _starts = [];
    private bool _ended;
    private bool _failed;

    /// <summary>Resets the environment.</summary>
    /// <param name="probe">The environment.</param>
    /// <param name="seed">The seed of the first episode.</param>
    /// <param name="actions">The number of actions to follow.</param>
    public Trajectory(EnvironmentProbe probe, int? seed, int actions)
    {
        _probe = probe;
        _action = new float[probe.Kind.Actions.Length];
        _maxFirstSteps = Math.Max(1, actions / 2);
        Reset(seed);
    }

    /// <summary>The number of steps that were played of the first episode.</summary>
    public int FirstEpisodeSteps => (_starts.Count > 1 ? _starts[1] : ReturnCount) - 1;

    private int Width => _probe.Kind.Observations.Length + 2;

    private int ReturnCount => _values.Count / Width;

    /// <summary>Resets the environment and runs all actions.</summary>
    public static Trajectory Play(EnvironmentProbe probe, int? seed, float[][] actions)
    {
        var trajectory = new Trajectory(probe, seed, actions.Length);
        foreach (var action in actions)
            trajectory.Step(action);
        return trajectory;
    }

    /// <summary>Runs one step, with allowed choices instead of forbidden ones, after a reset if the episode is over.</summary>
    public void Step(float[] action)
    {
        if (_ended || (_starts.Count == 1 && FirstEpisodeSteps == _maxFirstSteps))
            Reset(seed: null);
        if (_failed)
            return;
        action.CopyTo(_action, 0);
        if (!_probe.ReplaceForbidden(_random, _action) || _probe.TryStep(_action, out var result) is not null)
        {
            _failed = true;
            return;
        }

        _ended = result.Ended;
        Add(result);
    }

    /// <summary>Describes the first difference from another trajectory; returns null if there is none.</summary>
    /// <param name="other">The other trajectory, which the description names first.</param>
    public string? DifferenceFrom(Trajectory other)
    {
        for (var i = 0; i < Math.Min(_values.Count, other._values.Count); i++)
        {
            if (BitConverter.DoubleToInt64Bits(_values[i]) != BitConverter.DoubleToInt64Bits(other._values[i]))
                return FormattableString.Invariant($"at {DescribeStep(i / Width)} {Describe(i % Width)} was {other._values[i]:G9}, then {_values[i]:G9}");
        }

        return _values.Count == other._values.Count
            ? null
            : $"it failed after {other.ReturnCount - other._starts.Count} steps, then after {ReturnCount - _starts.Count}";
    }

    private void Reset(int? seed)
    {
        _ended = false;
        if (_failed || !_probe.Reset(seed))
        {
            _failed = true;
            return;
        }

        _starts.Add(ReturnCount);
        Add(new StepResult(0));
    }

    // The end of the episode is kept as a number: 0 for none, 1 for terminated, 2 for truncated, 3 for both.
    private void Add(StepResult result)
    {
        foreach (var value in _probe.Observation)
            _values.Add(value);
        _values.Add(result.Reward);
        _values.Add((result.Terminated ? 1 : 0) + (result.Truncated ? 2 : 0));
    }

    private string DescribeStep(int index)
    {
        var episode = _starts.FindLastIndex(start => start <= index);
        var step = $"step {index - _starts[episode]}";
        return episode == 0 ? step : $"{step} of episode {episode + 1}, which Reset(null) began,";
    }

    private string Describe(int value)
    {
        var length = _probe.Kind.Observations.Length;
        if (value < length)
            return $"value {_probe.Kind.DescribeValue(value)} of the observation";
        return value == length ? "the reward" : "the end (1 terminated, 2 truncated)";
    }
}

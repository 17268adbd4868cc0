using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// All that an environment returned, bit for bit: in an episode, and in those that follow it after resets without a seed, for as many actions as there are.
/// One that is longer than half of them is left, so that what a reset without a seed does always counts.
/// </summary>
internal sealed class Trajectory
{
    private readonly EnvironmentProbe _probe;
    private readonly RandomSource _random = new(0);
    private readonly float[] _action;
    private readonly int _longestFirst;
    private readonly List<double> _values = [];

    // Where each episode begins, in what was returned.
    private readonly List<int> _starts = [];
    private bool _ended;
    private bool _failed;

    /// <summary>Begins an episode.</summary>
    /// <param name="probe">The environment.</param>
    /// <param name="seed">What the first episode is reset with.</param>
    /// <param name="actions">The number of actions that will follow.</param>
    public Trajectory(EnvironmentProbe probe, int? seed, int actions)
    {
        _probe = probe;
        _action = new float[probe.Kind.Actions.Length];
        _longestFirst = Math.Max(1, actions / 2);
        Begin(seed);
    }

    /// <summary>The number of steps of the first episode, as far as it was played.</summary>
    public int FirstEpisodeSteps => (_starts.Count > 1 ? _starts[1] : Returned) - 1;

    private int Width => _probe.Kind.Observations.Length + 2;

    private int Returned => _values.Count / Width;

    /// <summary>Acts until there are no actions left.</summary>
    public static Trajectory Play(EnvironmentProbe probe, int? seed, float[][] actions)
    {
        var trajectory = new Trajectory(probe, seed, actions.Length);
        foreach (var action in actions)
            trajectory.Step(action);
        return trajectory;
    }

    /// <summary>Acts once, or as the environment allows; first in a new episode where the one before is over.</summary>
    public void Step(float[] action)
    {
        if (_ended || (_starts.Count == 1 && FirstEpisodeSteps == _longestFirst))
            Begin(seed: null);
        if (_failed)
            return;
        action.CopyTo(_action, 0);
        if (!_probe.Allow(_random, _action) || _probe.TryStep(_action, out var result) is not null)
        {
            _failed = true;
            return;
        }

        _ended = result.Ended;
        Add(result);
    }

    /// <summary>Where another trajectory begins to differ, in words; null where it does not.</summary>
    /// <param name="other">The other trajectory, which is said first.</param>
    public string? DifferenceFrom(Trajectory other)
    {
        for (var i = 0; i < Math.Min(_values.Count, other._values.Count); i++)
        {
            if (BitConverter.DoubleToInt64Bits(_values[i]) != BitConverter.DoubleToInt64Bits(other._values[i]))
                return FormattableString.Invariant($"at {DescribePlace(i / Width)} {Describe(i % Width)} was {other._values[i]:G9}, then {_values[i]:G9}");
        }

        return _values.Count == other._values.Count
            ? null
            : $"it failed after {other.Returned - other._starts.Count} steps, then after {Returned - _starts.Count}";
    }

    private void Begin(int? seed)
    {
        _ended = false;
        if (_failed || !_probe.Reset(seed))
        {
            _failed = true;
            return;
        }

        _starts.Add(Returned);
        Add(new StepResult(0));
    }

    // The ends count as a number: 0 for none, 1 for terminated, 2 for truncated, 3 for both.
    private void Add(StepResult result)
    {
        foreach (var value in _probe.Observation)
            _values.Add(value);
        _values.Add(result.Reward);
        _values.Add((result.Terminated ? 1 : 0) + (result.Truncated ? 2 : 0));
    }

    private string DescribePlace(int place)
    {
        var episode = _starts.FindLastIndex(start => start <= place);
        var step = $"step {place - _starts[episode]}";
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

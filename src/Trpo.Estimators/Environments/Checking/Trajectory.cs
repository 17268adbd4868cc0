namespace Trpo.Estimators.Environments.Checking;

/// <summary>All that an environment returned in an episode, bit for bit.</summary>
internal sealed class Trajectory
{
    private readonly EnvironmentProbe _probe;
    private readonly List<double> _values = [];
    private bool _over;

    /// <summary>Begins an episode.</summary>
    public Trajectory(EnvironmentProbe probe, int? seed)
    {
        _probe = probe;
        _over = !probe.Reset(seed);
        Add(new StepResult(0));
    }

    /// <summary>The number of its steps.</summary>
    public int Steps => (_values.Count / Width) - 1;

    private int Width => _probe.Kind.Observations.Length + 2;

    /// <summary>Plays an episode until it ends or there are no actions left.</summary>
    public static Trajectory Play(EnvironmentProbe probe, int? seed, float[][] actions)
    {
        var trajectory = new Trajectory(probe, seed);
        foreach (var action in actions)
            trajectory.Step(action);
        return trajectory;
    }

    /// <summary>Acts once, unless the episode is over.</summary>
    public void Step(float[] action)
    {
        if (_over)
            return;
        if (_probe.TryStep(action, out var result) is not null)
        {
            _over = true;
            return;
        }

        _over = result.Ended;
        Add(result);
    }

    /// <summary>Where another trajectory begins to differ, in words; null where it does not.</summary>
    /// <param name="other">The other trajectory, which is said first.</param>
    public string? DifferenceFrom(Trajectory other)
    {
        for (var i = 0; i < Math.Min(_values.Count, other._values.Count); i++)
        {
            if (BitConverter.DoubleToInt64Bits(_values[i]) != BitConverter.DoubleToInt64Bits(other._values[i]))
                return FormattableString.Invariant($"at step {i / Width} {Describe(i % Width)} was {other._values[i]:G9}, then {_values[i]:G9}");
        }

        return _values.Count == other._values.Count
            ? null
            : $"one episode had {other.Steps} steps, then {Steps}";
    }

    // The ends count as a number: 0 for none, 1 for terminated, 2 for truncated, 3 for both.
    private void Add(StepResult result)
    {
        foreach (var value in _probe.Observation)
            _values.Add(value);
        _values.Add(result.Reward);
        _values.Add((result.Terminated ? 1 : 0) + (result.Truncated ? 2 : 0));
    }

    private string Describe(int value)
    {
        var length = _probe.Kind.Observations.Length;
        if (value < length)
            return $"value {_probe.Kind.DescribeValue(value)} of the observation";
        return value == length ? "the reward" : "the end (1 terminated, 2 truncated)";
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace TrpoApp._1.Training;

/// <summary>
/// A service under a load that rises and falls, and whose replicas take some minutes to start. The reward is the negative cost of a minute: replicas, and
/// requests that are not served.
/// </summary>
public sealed class ScalingEnvironment : IEnvironment
{
    private const int Minutes = 240;
    private const int StartMinutes = 3;
    private const int MaxReplicas = 12;
    private const double ReplicaCapacity = 100;
    private const double ReplicaCost = 0.1;
    private const double UnservedCost = 0.02;

    // The replicas that start, by the minutes that they still need.
    private readonly int[] _starting = new int[StartMinutes];
    private Random _random = new();
    private double _phase;
    private double _period;
    private double _load;
    private double _trend;
    private int _minute;
    private int _replicas;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Number("Load", low: 0),
        ObservationColumn.Number("Trend"),
        ObservationColumn.Number("Replicas", low: 0, high: MaxReplicas),
        ObservationColumn.Number("Starting", low: 0, high: MaxReplicas));

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("remove", "keep", "add");

    /// <summary>Creates a service whose episodes are cut off after four hours.</summary>
    public static IEnvironment Create() => new TimeLimit(new ScalingEnvironment(), Minutes);

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _phase = _random.NextDouble();
        _period = 60 + (120 * _random.NextDouble());
        _minute = 0;
        _load = LoadNow();
        _trend = 0;
        _replicas = _random.Next(1, MaxReplicas + 1);
        Array.Clear(_starting);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        // Replicas that are ready serve, and the others move on.
        _replicas += _starting[0];
        _starting.AsSpan(1).CopyTo(_starting);
        _starting[^1] = 0;
        if (action.Index == 2 && _replicas + Starting() < MaxReplicas)
            _starting[^1] = 1;
        if (action.Index == 0 && _replicas > 1)
            _replicas--;

        _minute++;
        var load = LoadNow();
        (_trend, _load) = (load - _load, load);
        var unserved = Math.Max(_load - (_replicas * ReplicaCapacity), 0);
        Observe(observation);
        return new StepResult(-(ReplicaCost * (_replicas + Starting())) - (UnservedCost * unserved));
    }

    private double LoadNow() => 500 + (350 * Math.Sin(2 * Math.PI * (_phase + (_minute / _period)))) + (20 * _random.NextDouble());

    private int Starting()
    {
        var sum = 0;
        foreach (var replicas in _starting)
            sum += replicas;
        return sum;
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)_load;
        observation[1] = (float)_trend;
        observation[2] = _replicas;
        observation[3] = Starting();
    }
}

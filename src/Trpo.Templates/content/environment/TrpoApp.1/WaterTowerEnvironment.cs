using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace TrpoApp._1;

/// <summary>
/// A water tower. A town drains it, mostly in the afternoon, and a pump fills it. The reward is the negative cost of a step of half an hour: electricity,
/// whose price depends on the hour, and water that the town wants but the tower does not have.
/// </summary>
public sealed class WaterTowerEnvironment : IEnvironment
{
    private const int StepsPerDay = 48;
    private const double MeanDemand = 1.5 / StepsPerDay;
    private const double MissingWaterCost = 100;

    // A full pump fills twice as fast as a half one, but friction takes more than twice the energy.
    private static readonly double[] Inflow = [0, 0.04, 0.08];
    private static readonly double[] Energy = [0, 0.4, 1];

    private Random _random = new();
    private double _level;
    private int _step;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([0, -1, -1, 0], [1, 1, 1, 5], "level", "sine of hour", "cosine of hour", "price");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("off", "half", "full");

    private double Hour => _step % StepsPerDay * 24.0 / StepsPerDay;

    /// <summary>Creates a tower whose episodes are cut off after two days. That is no end of the tower: its last state still has a value.</summary>
    public static IEnvironment Create() => new TimeLimit(new WaterTowerEnvironment(), 2 * StepsPerDay);

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _level = 0.2 + (0.6 * _random.NextDouble());
        _step = _random.Next(StepsPerDay);
        Observe(_level, Hour, observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        // The least at 4 o'clock, the most at 16 o'clock.
        var demand = MeanDemand * (1 - Math.Cos(2 * Math.PI * (Hour - 4) / 24)) * (0.7 + (0.6 * _random.NextDouble()));
        var cost = PriceAt(Hour) * Energy[action.Index];
        var available = Math.Min(_level + Inflow[action.Index], 1);
        var missing = Math.Max(demand - available, 0);
        _level = Math.Max(available - demand, 0);
        _step++;
        Observe(_level, Hour, observation);
        return new StepResult(-cost - (MissingWaterCost * missing));
    }

    /// <summary>Writes the observation of a state, in training and where a trained policy acts.</summary>
    /// <param name="level">The water in the tower, from 0 to 1.</param>
    /// <param name="hour">The time of day, from 0 to 24.</param>
    /// <param name="observation">Receives the observation.</param>
    public static void Observe(double level, double hour, Span<float> observation)
    {
        // As a point on a circle, 23:30 is close to midnight.
        var (sine, cosine) = Math.SinCos(2 * Math.PI * hour / 24);
        observation[0] = (float)level;
        observation[1] = (float)sine;
        observation[2] = (float)cosine;
        observation[3] = (float)PriceAt(hour);
    }

    private static double PriceAt(double hour) => hour switch
    {
        < 6 or >= 22 => 1,
        >= 17 and < 20 => 5,
        _ => 2,
    };
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Extending;

/// <summary>
/// A tank with a pump. It drains the faster the fuller it is, with the square root of its level (Torricelli's law), the flow of the pump is
/// slightly noisy, and the level is to be brought to a target and kept there. Units: metres and seconds.
/// </summary>
internal sealed class WaterTank : IEnvironment, ICheckpointable
{
    public const int EpisodeSteps = 100;

    /// <summary>A mean return that only a trained policy reaches. An untrained policy gets about -20.</summary>
    public const double GoodReturn = -2;

    private const double TimeStep = 0.5;
    private const double Height = 2;
    private const double Inflow = 0.1;
    private const double Drain = 0.1;
    private const double PumpNoise = 0.01;

    private readonly RandomSource _random = new(0);
    private double _level;
    private double _target;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([0, -(float)Height], [(float)Height, (float)Height], "level", "error");

    public ActionSpace ActionSpace { get; } = ActionSpace.Box([-1], [1], "pump");

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        _level = _random.NextDouble(0.4, 1.6);
        _target = _random.NextDouble(0.4, 1.6);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        // The action is -1 for a pump that stands, 1 for one at full power: a policy explores around 0.
        var inflow = (Inflow * (1 + action.Values[0])) + (PumpNoise * _random.NextGaussian());
        _level = Math.Clamp(_level + (TimeStep * (inflow - (Drain * Math.Sqrt(_level)))), 0, Height);
        Observe(observation);
        return new StepResult(Reward: -Math.Pow(_target - _level, 2));
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        writer.Write(_level);
        writer.Write(_target);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        (_level, _target) = (reader.ReadDouble(), reader.ReadDouble());
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)_level;
        observation[1] = (float)(_target - _level);
    }
}

/// <summary>The check of the tank, and the training in it. Its episodes do not terminate: a time limit truncates them.</summary>
internal static class CustomEnvironment
{
    public static Outcome Run(int seed)
    {
        Func<IEnvironment> factory = () => new TimeLimit(new WaterTank(), WaterTank.EpisodeSteps);
        var report = new MLContext().ReinforcementLearning.CheckEnvironment(factory);
        Console.WriteLine($"  {report}");
        report.ThrowIfFailed();

        var training = new Training(factory, new TrpoOptions { TotalSteps = 60_000, Seed = seed });
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, WaterTank.GoodReturn);
    }
}

using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>A room whose heater reacts slowly, to be kept at 20 °C; the share of the difference to the outside that a step loses can change.</summary>
internal sealed class HeatedRoom(double heatLoss) : IEnvironment, ICheckpointable
{
    private const double Target = 20;
    private const double Outside = 5;
    private const int Steps = 60;

    private readonly RandomSource _random = new(0);
    private double _temperature;
    private double _heater;
    private int _step;

    public string Name => "heated room";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2, "temperature", "heater");

    public ActionSpace ActionSpace { get; init; } = ActionSpace.Box([0], [1], "power");

    public int? MaxEpisodeSteps => Steps;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        (_temperature, _heater, _step) = (_random.NextDouble(10, 25), _random.NextDouble(), 0);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var power = ActionSpace is DiscreteActionSpace choices ? action.Index / (choices.Count - 1.0) : action.Values[0];
        _heater += 0.3 * (power - _heater);
        _temperature += (2 * _heater) - (heatLoss * (_temperature - Outside));
        Observe(observation);
        return new StepResult(-Math.Abs(_temperature - Target), Truncated: ++_step == Steps);
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        writer.Write(_temperature);
        writer.Write(_heater);
        writer.Write(_step);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        (_temperature, _heater, _step) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32());
    }

    private void Observe(Span<float> observation) => (observation[0], observation[1]) = ((float)_temperature, (float)_heater);
}

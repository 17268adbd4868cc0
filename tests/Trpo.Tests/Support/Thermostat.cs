using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

public sealed class Thermostat : IEnvironment
{
    private Random _random = new();
    private float _temperature;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-20], [50], "temperature");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("off", "heat");

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);                    // what follows is repeatable
        _temperature = _random.Next(5, 15);
        observation[0] = _temperature;
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _temperature = Math.Min(_temperature + (action.Index == 1 ? 1 : -0.5f), 50);
        observation[0] = _temperature;
        return new StepResult(Reward: -Math.Abs(_temperature - 20), Terminated: _temperature < 0);
    }
}

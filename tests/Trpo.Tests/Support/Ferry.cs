using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>The environment of the README: a ferry that comes to rest at a pier.</summary>
public sealed class Ferry : IEnvironment
{
    private float _position, _speed;
    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-20, -2], [20, 2]);
    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("back", "drift", "ahead");
    public void Reset(int? seed, Span<float> observation) =>
        (observation[0], observation[1]) = (_position, _speed) = (10, 0);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _speed = (0.95f * _speed) + (0.1f * (action.Index - 1));
        _position = Math.Clamp(_position + _speed, -20, 20);
        (observation[0], observation[1]) = (_position, _speed);
        return new StepResult(Reward: -Math.Abs(_position));        // the pier is at 0
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>
/// Pays for actions near a target: the point of the bounds, from -1 to 1, that the observation gives, or the high bounds. Rewards do not depend on the units of the action. Episodes have one step.
/// </summary>
/// <param name="low">The low bound of every dimension.</param>
/// <param name="high">The high bound of every dimension.</param>
/// <param name="length">The number of dimensions.</param>
/// <param name="isAtBound">True if the target is the high bound in every dimension.</param>
internal sealed class BoundedTarget(float low, float high, int length = 1, bool isAtBound = false) : IEnvironment
{
    private readonly double _center = low + (((double)high - low) / 2);
    private readonly double _scale = ((double)high - low) / 2;
    private Random _random = new(0);
    private float _target;

    public string Name => "Bounded target";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-1, 0], [1, 1], "target", "bias");

    public ActionSpace ActionSpace { get; } = ActionSpace.Box([.. Enumerable.Repeat(low, length)], [.. Enumerable.Repeat(high, length)]);

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _target = (_random.NextSingle() * 2) - 1;
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var sum = 0.0;
        foreach (var value in action.Values)
        {
            var miss = ((value - _center) / _scale) - (isAtBound ? 1 : _target);
            sum += miss * miss;
        }

        Observe(observation);
        return new StepResult(-sum / length, Terminated: true);
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = _target;
        observation[1] = 1;
    }
}

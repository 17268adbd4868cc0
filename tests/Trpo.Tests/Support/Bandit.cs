using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Two arms, of which one pays more often; an episode is one step, and few of them pay.</summary>
/// <param name="isSeeded">True if the seed of a reset determines the rewards, as the contract demands.</param>
internal sealed class Bandit(bool isSeeded) : IEnvironment
{
    private readonly RandomSource _random = new(0);

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([0], [1], "one");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("left", "right");

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        observation[0] = 1;
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[0] = 1;
        var draw = isSeeded ? _random.NextDouble() : Random.Shared.NextDouble();
        return new StepResult(draw < 0.02 * (1 + action.Index) ? 1 : 0, Terminated: true);
    }
}

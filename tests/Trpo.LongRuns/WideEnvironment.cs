using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.LongRuns;

/// <summary>An environment of noise with observations and actions of any length, whose reward is the first value of the action.</summary>
internal sealed class WideEnvironment(int observations, int actions) : IEnvironment
{
    private readonly RandomSource _random = new(1);

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(observations);

    public ActionSpace ActionSpace { get; } = ActionSpace.Box(Enumerable.Repeat(-1f, actions).ToArray(), Enumerable.Repeat(1f, actions).ToArray());

    public int? MaxEpisodeSteps => 50;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        Observe(observation);
        return new StepResult(action.Values[0]);
    }

    private void Observe(Span<float> observation)
    {
        foreach (ref var value in observation)
            value = (float)_random.NextDouble(-1, 1);
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Probing;

/// <summary>An environment with a fault around it: late rewards, late or clipped observations, ends of the wrong kind.</summary>
internal sealed class EnvironmentFault(IEnvironment environment) : IEnvironment
{
    private double _lastReward;
    private float[] _lastObservation = [];

    public Func<StepResult, StepResult> Result { get; init; } = result => result;

    public bool IsLate { get; init; }

    public bool IsStale { get; init; }

    public float Bound { get; init; } = float.PositiveInfinity;

    public string Name => environment.Name;

    public ObservationSpace ObservationSpace => environment.ObservationSpace;

    public ActionSpace ActionSpace => environment.ActionSpace;

    public bool Allows(int choice) => environment.Allows(choice);

    public void Reset(int? seed, Span<float> observation)
    {
        environment.Reset(seed, observation);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = Result(environment.Step(action, observation));
        Observe(observation);
        if (IsLate)
            (_lastReward, result) = (result.Reward, result with { Reward = _lastReward });
        return result;
    }

    private void Observe(Span<float> observation)
    {
        foreach (ref var value in observation)
            value = Math.Clamp(value, -Bound, Bound);
        float[] present = [.. observation];
        if (IsStale && _lastObservation.Length > 0)
            _lastObservation.CopyTo(observation);
        _lastObservation = present;
    }
}

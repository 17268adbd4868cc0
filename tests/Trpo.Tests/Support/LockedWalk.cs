using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>A random walk whose observation has a third value, which no policy changes.</summary>
internal sealed class LockedWalk(ObservationSpace observations, float constant = 0) : WalkEnvironment
{
    public override ObservationSpace ObservationSpace => observations;

    public override void Reset(int? seed, Span<float> observation)
    {
        base.Reset(seed, observation);
        observation[2] = constant;
    }

    public override StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[2] = constant;
        return base.Step(action, observation);
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>An environment whose rewards are those of another one times a factor.</summary>
internal sealed class ScaledRewards(IEnvironment inner, double factor) : IEnvironment
{
    public string Name => inner.Name;

    public ObservationSpace ObservationSpace => inner.ObservationSpace;

    public ActionSpace ActionSpace => inner.ActionSpace;

    public int? MaxEpisodeSteps => inner.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation) => inner.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = inner.Step(action, observation);
        return result with { Reward = factor * result.Reward };
    }
}

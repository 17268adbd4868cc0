using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.CliEnvironments;

/// <summary>A corridor in which a derived class changes each step.</summary>
public abstract class Hooked : IEnvironment
{
    private readonly Corridor _corridor = new();

    public string Name => GetType().Name;

    public ObservationSpace ObservationSpace => _corridor.ObservationSpace;

    public ActionSpace ActionSpace => _corridor.ActionSpace;

    public void Reset(int? seed, Span<float> observation) => _corridor.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = _corridor.Step(action, observation);
        return result with { Reward = Change(result.Reward) };
    }

    /// <summary>Returns the reward in place of another.</summary>
    protected abstract double Change(double reward);
}

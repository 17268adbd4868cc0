using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.CliEnvironments;

/// <summary>An environment without an end, whose observation is one number.</summary>
public sealed class Perpetual : IEnvironment
{
    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1);

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("left", "right");

    public void Reset(int? seed, Span<float> observation) => observation[0] = 0;

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[0] = action.Index;
        return new StepResult(action.Index);
    }
}

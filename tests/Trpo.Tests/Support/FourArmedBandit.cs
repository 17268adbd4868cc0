using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Returns 1 for the first of four choices and 0.5 for the others; every episode has one step, and every state is the same.</summary>
internal sealed class FourArmedBandit : IEnvironment
{
    public string Name => "Bandit";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1, "one");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(4);

    public void Reset(int? seed, Span<float> observation) => observation[0] = 1;

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[0] = 1;
        return new StepResult(action.Index == 0 ? 1 : 0.5, Terminated: true);
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.CliEnvironments;

/// <summary>An environment with a text that no file can hold: half of a surrogate pair.</summary>
public sealed class Unencodable : IEnvironment
{
    private int _steps;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(ObservationColumn.Text("mood", "\uD83D", "neutral"));

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("stay", "go");

    public void Reset(int? seed, Span<float> observation) => (observation[0], _steps) = (0, 0);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        observation[0] = action.Index;
        return new StepResult(action.Index, Terminated: ++_steps == 10);
    }
}

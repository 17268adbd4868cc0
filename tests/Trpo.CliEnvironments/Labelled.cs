using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.CliEnvironments;

/// <summary>A corridor whose columns have the names of the inputs and outputs of exported policies.</summary>
public sealed class Labelled : IEnvironment
{
    private readonly Corridor _corridor = new();

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Number("score"), ObservationColumn.Number("action"), ObservationColumn.Text("logits", "few", "many"), ObservationColumn.Key("observation", "left", "right"));

    public ActionSpace ActionSpace => _corridor.ActionSpace;

    public void Reset(int? seed, Span<float> observation) => _corridor.Reset(seed, Show(observation));

    public StepResult Step(EnvironmentAction action, Span<float> observation) => _corridor.Step(action, Show(observation));

    private static Span<float> Show(Span<float> observation)
    {
        observation[2..].Clear();
        return observation[..2];
    }
}

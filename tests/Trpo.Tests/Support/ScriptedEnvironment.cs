using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Emits the same observations in every episode, one after the other; the last one ends it.</summary>
internal sealed class ScriptedEnvironment(ObservationSpace observations, params float[][] script) : IEnvironment
{
    private int _step;

    public string Name => "Scripted";

    public ObservationSpace ObservationSpace => observations;

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("stay", "go");

    public void Reset(int? seed, Span<float> observation)
    {
        _step = 0;
        script[0].CopyTo(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        script[++_step].CopyTo(observation);
        return new StepResult(action.Index, Terminated: _step == script.Length - 1);
    }
}

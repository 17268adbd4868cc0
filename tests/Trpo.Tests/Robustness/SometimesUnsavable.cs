using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Robustness;

/// <summary>CartPole whose state cannot be saved while a test says so.</summary>
internal sealed class SometimesUnsavable(Func<bool> fails) : IEnvironment, ICheckpointable
{
    private readonly CartPole _inner = new();

    public string Name => "Unsavable";

    public ObservationSpace ObservationSpace => _inner.ObservationSpace;

    public ActionSpace ActionSpace => _inner.ActionSpace;

    public void Reset(int? seed, Span<float> observation) => _inner.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation) => _inner.Step(action, observation);

    public void SaveState(BinaryWriter writer)
    {
        if (fails())
            throw new IOException("the simulator does not answer");
        _inner.SaveState(writer);
    }

    public void RestoreState(BinaryReader reader) => _inner.RestoreState(reader);
}

using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.WorkerSilo;

/// <summary>CartPole that tells of each step before it is made.</summary>
internal sealed class WatchedCartPole(Action before) : IEnvironment, ICheckpointable
{
    private readonly CartPole _inner = new();

    public string Name => ((IEnvironment)_inner).Name;

    public ObservationSpace ObservationSpace => _inner.ObservationSpace;

    public ActionSpace ActionSpace => _inner.ActionSpace;

    public int? MaxEpisodeSteps => _inner.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation) => _inner.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        before();
        return _inner.Step(action, observation);
    }

    public void SaveState(BinaryWriter writer) => _inner.SaveState(writer);

    public void RestoreState(BinaryReader reader) => _inner.RestoreState(reader);
}

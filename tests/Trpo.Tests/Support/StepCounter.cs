using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>An environment that wraps another one and reports every step before it is made.</summary>
internal sealed class StepCounter(IEnvironment inner, Action beforeStep) : IEnvironment, ICheckpointable, IDisposable
{
    public string Name => inner.Name;

    public ObservationSpace ObservationSpace => inner.ObservationSpace;

    public ActionSpace ActionSpace => inner.ActionSpace;

    public int? MaxEpisodeSteps => inner.MaxEpisodeSteps;

    public bool IsCheckpointable => inner is ICheckpointable { IsCheckpointable: true };

    public bool Allows(int choice) => inner.Allows(choice);

    public void Reset(int? seed, Span<float> observation) => inner.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        beforeStep();
        return inner.Step(action, observation);
    }

    public void SaveState(BinaryWriter writer) => ((ICheckpointable)inner).SaveState(writer);

    public void RestoreState(BinaryReader reader) => ((ICheckpointable)inner).RestoreState(reader);

    public void Dispose() => (inner as IDisposable)?.Dispose();
}

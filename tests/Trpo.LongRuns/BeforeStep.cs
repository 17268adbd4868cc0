using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.LongRuns;

/// <summary>A CartPole that calls an action before every step.</summary>
internal sealed class BeforeStep(CartPole inner, Action action) : IEnvironment, ICheckpointable
{
    public ObservationSpace ObservationSpace => inner.ObservationSpace;

    public ActionSpace ActionSpace => inner.ActionSpace;

    public int? MaxEpisodeSteps => inner.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation) => inner.Reset(seed, observation);

    public StepResult Step(EnvironmentAction chosen, Span<float> observation)
    {
        action();
        return inner.Step(chosen, observation);
    }

    public void SaveState(BinaryWriter writer) => ((ICheckpointable)inner).SaveState(writer);

    public void RestoreState(BinaryReader reader) => ((ICheckpointable)inner).RestoreState(reader);
}

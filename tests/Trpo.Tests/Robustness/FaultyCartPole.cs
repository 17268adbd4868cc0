using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Robustness;

/// <summary>CartPole that observes NaN in the steps and resets that a test chooses.</summary>
internal sealed class FaultyCartPole(Func<bool> failsStep, Func<bool>? failsReset = null) : IEnvironment, ICheckpointable
{
    private readonly CartPole _inner = new();

    public string Name => "Faulty";

    public ObservationSpace ObservationSpace => _inner.ObservationSpace;

    public ActionSpace ActionSpace => _inner.ActionSpace;

    public int? MaxEpisodeSteps => _inner.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation)
    {
        _inner.Reset(seed, observation);
        if (failsReset?.Invoke() ?? false)
            observation[0] = float.NaN;
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = _inner.Step(action, observation);
        if (failsStep())
            observation[0] = float.NaN;
        return result;
    }

    public void SaveState(BinaryWriter writer) => _inner.SaveState(writer);

    public void RestoreState(BinaryReader reader) => _inner.RestoreState(reader);
}

using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>CartPole whose observation is, by a chance that is part of its state, not a number.</summary>
internal sealed class BrittleEnvironment(double probability) : IEnvironment, ICheckpointable
{
    private readonly CartPole _inner = new();
    private readonly RandomSource _random = new(1);

    public string Name => "Brittle";

    public ObservationSpace ObservationSpace => _inner.ObservationSpace;

    public ActionSpace ActionSpace => _inner.ActionSpace;

    public int? MaxEpisodeSteps => _inner.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value, 1, 1);
        _inner.Reset(seed, observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var result = _inner.Step(action, observation);
        if (_random.NextDouble() < probability)
            observation[0] = float.NaN;
        return result;
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        _inner.SaveState(writer);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        _inner.RestoreState(reader);
    }
}

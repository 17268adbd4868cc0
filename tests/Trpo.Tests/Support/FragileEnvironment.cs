using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>An environment with episodes of four steps of reward 1, which calls delegates of the test in each method of its contract.</summary>
internal sealed class FragileEnvironment : IEnvironment, ICheckpointable, IDisposable
{
    private int _step;

    public string Name => "Fragile";

    /// <summary>Called in Reset with the number of steps of the episode before.</summary>
    public Action<int>? Resetting { get; init; }

    /// <summary>Called in Step with the number of the step in its episode, from 1.</summary>
    public Action<int>? Stepping { get; init; }

    /// <summary>Called in Dispose.</summary>
    public Action? Disposing { get; init; }

    /// <summary>Called when the state is saved.</summary>
    public Action? Saving { get; init; }

    /// <summary>Called when the spaces are read.</summary>
    public Action? Describing { get; init; }

    public ObservationSpace ObservationSpace
    {
        get
        {
            Describing?.Invoke();
            return field;
        }
    } = ObservationSpace.Unbounded(1, "step");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("stay", "go");

    public bool IsCheckpointable => Saving is not null;

    public void Reset(int? seed, Span<float> observation)
    {
        Resetting?.Invoke(_step);
        _step = 0;
        observation[0] = 0;
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        Stepping?.Invoke(_step + 1);
        observation[0] = ++_step;
        return new StepResult(1, Terminated: _step == 4);
    }

    public void SaveState(BinaryWriter writer)
    {
        Saving?.Invoke();
        writer.Write(_step);
    }

    public void RestoreState(BinaryReader reader) => _step = reader.ReadInt32();

    public void Dispose() => Disposing?.Invoke();
}

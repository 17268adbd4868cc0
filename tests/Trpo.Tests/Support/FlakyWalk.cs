using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;

namespace Trpo.Tests.Support;

/// <summary>A walk whose every instance fails once it has made a number of steps, wherever in an episode that is. Its state can be saved.</summary>
/// <param name="failsAt">The number of the step that fails.</param>
/// <param name="failsToClose">True to fail when it is disposed, too.</param>
internal sealed class FlakyWalk(int failsAt, bool failsToClose = false) : WalkEnvironment, ICheckpointable, IDisposable
{
    private int _total;

    public bool IsCheckpointable => true;

    public override StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        if (++_total == failsAt)
            throw new TimeoutException("The robot does not answer.");
        return base.Step(action, observation);
    }

    public void Dispose()
    {
        if (failsToClose && _total >= failsAt)
            throw new TimeoutException("The robot does not let go.");
    }

    public void SaveState(BinaryWriter writer)
    {
        Random.SaveState(writer);
        writer.Write(Position);
        writer.Write(Steps);
        writer.Write(_total);
    }

    public void RestoreState(BinaryReader reader)
    {
        Random.RestoreState(reader);
        Position = reader.ReadDouble();
        Steps = reader.ReadInt32();
        _total = reader.ReadInt32();
    }
}

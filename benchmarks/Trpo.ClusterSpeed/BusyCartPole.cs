using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.ClusterSpeed;

/// <summary>CartPole with a step that keeps its processor busy for a set time.</summary>
/// <param name="microseconds">The time of a step; 0 for CartPole's own.</param>
internal sealed class BusyCartPole(int microseconds) : IEnvironment, ICheckpointable
{
    private readonly CartPole _cartPole = new();

    public string Name => nameof(BusyCartPole);

    public ObservationSpace ObservationSpace => _cartPole.ObservationSpace;

    public ActionSpace ActionSpace => _cartPole.ActionSpace;

    public int? MaxEpisodeSteps => _cartPole.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation) => _cartPole.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < microseconds)
            Thread.SpinWait(20);
        return _cartPole.Step(action, observation);
    }

    public void SaveState(BinaryWriter writer) => _cartPole.SaveState(writer);

    public void RestoreState(BinaryReader reader) => _cartPole.RestoreState(reader);
}

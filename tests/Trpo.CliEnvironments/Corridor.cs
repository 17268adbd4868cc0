using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.CliEnvironments;

/// <summary>A corridor of ten steps to the left or right, from the middle, with a reward of 1 for each step to the right. The class is internal, as much of users' code is.</summary>
internal sealed class Corridor : IEnvironment
{
    private const int Length = 10;

    private int _place;
    private int _steps;

    internal Corridor()
    {
    }

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2, "place", "steps");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("left", "right");

    public int? MaxEpisodeSteps => Length;

    public void Reset(int? seed, Span<float> observation)
    {
        (_place, _steps) = (0, 0);
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var move = action.Index == 1 ? 1 : -1;
        _place += move;
        _steps++;
        Show(observation);
        return new StepResult(move, Terminated: false, Truncated: _steps == Length);
    }

    private void Show(Span<float> observation) => (observation[0], observation[1]) = (_place, _steps);
}

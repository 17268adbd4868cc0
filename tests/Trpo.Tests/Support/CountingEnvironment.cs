using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Counts its steps in one observation; an episode has <c>length</c> steps of reward 1. Its parameters make it misbehave.</summary>
internal sealed class CountingEnvironment(int length = 4, bool truncates = false, Func<int, double>? reward = null, Func<int, float>? observe = null, int? maxEpisodeSteps = null) : IEnvironment
{
    private int _step;

    public string Name => "Counting";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1, "step");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("stay", "go");

    public int? MaxEpisodeSteps => maxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation)
    {
        _step = 0;
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _step++;
        Observe(observation);
        var ended = _step == length;
        return new StepResult(reward?.Invoke(_step) ?? 1, ended && !truncates, ended && truncates);
    }

    private void Observe(Span<float> observation) => observation[0] = observe?.Invoke(_step) ?? _step;
}

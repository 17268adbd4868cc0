using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Rewards 1 for the choice that the observation names: 1,000 for the first, 1,001 for the second. An episode has 8 steps.</summary>
internal sealed class OffsetEnvironment : IEnvironment
{
    private Random _random = new(0);
    private int _step;
    private int _right;

    public string Name => "Offset";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1, "thousands");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(2);

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } given)
            _random = new Random(given);
        _step = 0;
        Choose(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = action.Index == _right ? 1 : 0;
        Choose(observation);
        return new StepResult(reward, Terminated: ++_step == 8);
    }

    private void Choose(Span<float> observation)
    {
        _right = _random.Next(2);
        observation[0] = 1_000 + _right;
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>A choice of two, paid by a function of the choice and of the observation: the share of the episode that has passed or, with episodes of one step, the next of a sequence in [0, 1).</summary>
internal sealed class PaidChoice(int length, Func<int, float, double> pay) : IEnvironment
{
    private const float GoldenRatio = 0.618034f;

    private float _observation;
    private int _step;

    public string Name => "PaidChoice";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1, "x");

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("not paid", "paid");

    public void Reset(int? seed, Span<float> observation)
    {
        _step = 0;
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = pay(action.Index, _observation);
        _step++;
        Observe(observation);
        return new StepResult(reward, Terminated: _step == length);
    }

    private void Observe(Span<float> observation) => observation[0] = _observation = length > 1 ? (float)_step / length : (_observation + GoldenRatio) % 1;
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Pays for actions near a target that the observation gives: learnable in a few thousand steps, with one-step episodes.</summary>
internal sealed class TargetEnvironment : IEnvironment
{
    private Random _random = new(0);
    private float _target;

    public string Name => "Target";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-1, 0], [1, 1], "target", "bias");

    public ActionSpace ActionSpace { get; } = ActionSpace.Box([-1], [1]);

    /// <summary>The largest action that any environment of this kind was given.</summary>
    public static float LargestAction { get; set; }

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _target = (_random.NextSingle() * 2) - 1;
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        LargestAction = Math.Max(LargestAction, Math.Abs(action.Values[0]));
        var miss = action.Values[0] - _target;
        Observe(observation);
        return new StepResult(-miss * miss, Terminated: true);
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = _target;
        observation[1] = 1;
    }
}

using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Shows a sign in each dimension of its actions, and rewards each dimension whose action is 1 where the sign is plus, and 0 where it is minus.</summary>
internal sealed class EchoEnvironment(ActionSpace actions) : IEnvironment
{
    public const int Steps = 10;

    private readonly float[] _signs = new float[actions.Length];
    private Random _random = new(0);
    private int _step;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(actions.Length);

    public ActionSpace ActionSpace => actions;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _step = 0;
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var reward = 0;
        for (var i = 0; i < _signs.Length; i++)
            reward += action.Values[i] == (_signs[i] > 0 ? 1 : 0) ? 1 : 0;
        Show(observation);
        return new StepResult(reward, Terminated: ++_step == Steps);
    }

    private void Show(Span<float> observation)
    {
        foreach (ref var sign in _signs.AsSpan())
            sign = _random.Next(2) == 0 ? -1 : 1;
        _signs.CopyTo(observation);
    }
}

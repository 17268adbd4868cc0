using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

public sealed class Lift : IEnvironment
{
    private const int Top = 5;
    private const int Allowed = 2;                              // where the mask begins

    private Random _random = new();
    private int _floor;
    private int _call;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Number("Floor", low: 0, high: Top),
        ObservationColumn.Number("Call", low: 0, high: Top),
        ObservationColumn.Vector("Allowed", length: 3, low: 0, high: 1, "down", "up", "open"));

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("down", "up", "open");

    public bool Allows(int choice) => choice switch
    {
        0 => _floor > 0,
        1 => _floor < Top,
        _ => true,
    };

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        (_floor, _call) = (_random.Next(Top + 1), _random.Next(Top + 1));
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        if (!Allows(action.Index))
            throw new InvalidOperationException("The lift would leave its shaft.");
        var opens = action.Index == 2;
        if (!opens)
            _floor += action.Index == 1 ? 1 : -1;
        Observe(observation);
        return new StepResult(Reward: opens && _floor != _call ? -10 : -1, Terminated: opens);
    }

    private void Observe(Span<float> observation)
    {
        (observation[0], observation[1]) = (_floor, _call);
        for (var choice = 0; choice < ActionSpace.ScoreLength; choice++)
            observation[Allowed + choice] = Allows(choice) ? 1 : 0;
    }
}

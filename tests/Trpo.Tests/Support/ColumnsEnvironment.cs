using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Draws every value of its observation, of any columns and for any actions; an episode has five steps of reward 1.</summary>
internal sealed class ColumnsEnvironment(ObservationSpace observations, ActionSpace actions) : IEnvironment
{
    private Random _random = new(0);
    private int _step;

    public ObservationSpace ObservationSpace => observations;

    public ActionSpace ActionSpace => actions;

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _step = 0;
        Draw(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        Draw(observation);
        return new StepResult(1, Terminated: ++_step == 5);
    }

    private void Draw(Span<float> observation)
    {
        var i = 0;
        foreach (var column in observations.Columns)
        {
            for (var slot = 0; slot < column.Length; slot++)
                observation[i++] = column.Categories.IsEmpty ? _random.NextSingle() : _random.Next(column.Categories.Length);
        }
    }
}

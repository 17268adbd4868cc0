using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>
/// Shows the observations of <see cref="LiteralPolicies"/> one after the other, an episode long, and pays 1 for each value of the action
/// that is the policy's. Every action is passed to <c>acted</c>.
/// </summary>
internal sealed class TableEnvironment(ActionSpace actions, Func<string, bool>? acted = null) : IEnvironment
{
    private int _row;

    public string Name => "Table";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(4);

    public ActionSpace ActionSpace => actions;

    public void Reset(int? seed, Span<float> observation)
    {
        _row = 0;
        LiteralPolicies.Observations[0].CopyTo(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        acted?.Invoke(string.Join(' ', action.Values.ToArray()));
        var reward = 0;
        for (var i = 0; i < action.Values.Length; i++)
        {
            if (ActionSpace is MultiBinaryActionSpace)
                reward += action.IsOn(i) == (LiteralPolicies.SwitchActions[_row][i] == 1) ? 1 : 0;
            else
                reward += action.IndexOf(i) == LiteralPolicies.ControlActions[_row][i] ? 1 : 0;
        }

        _row++;
        var ended = _row == LiteralPolicies.Observations.Length;
        LiteralPolicies.Observations[ended ? 0 : _row].CopyTo(observation);
        return new StepResult(reward, Terminated: ended);
    }
}

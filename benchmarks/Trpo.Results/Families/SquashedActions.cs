using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Families;

/// <summary>
/// An environment without bounds in front of one with bounds: an action is <c>tanh</c> of a draw, between the bounds (Haarnoja et al., "Soft actor-critic" (2018), appendix C). The density of such an
/// action is that of its draw, times a factor that does not depend on the policy; ratios of probabilities, KL divergences and Fisher matrices are those of the draws.
/// </summary>
internal sealed class SquashedActions : IEnvironment
{
    private readonly IEnvironment _environment;
    private readonly BoxActionSpace _bounds;
    private readonly float[] _action;

    /// <param name="environment">An environment with a box of actions that has both bounds in each dimension.</param>
    public SquashedActions(IEnvironment environment)
    {
        _environment = environment;
        _bounds = (BoxActionSpace)environment.ActionSpace;
        _action = new float[_bounds.Length];
        ActionSpace = ActionSpace.Box([.. Enumerable.Repeat(float.NegativeInfinity, _action.Length)], [.. Enumerable.Repeat(float.PositiveInfinity, _action.Length)]);
    }

    public string Name => $"{_environment.Name}, squashed";

    public ObservationSpace ObservationSpace => _environment.ObservationSpace;

    public ActionSpace ActionSpace { get; }

    public int? MaxEpisodeSteps => _environment.MaxEpisodeSteps;

    public void Reset(int? seed, Span<float> observation) => _environment.Reset(seed, observation);

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        for (var i = 0; i < _action.Length; i++)
            _action[i] = (float)(_bounds.Low[i] + (_bounds.HalfWidth(i) * (1 + Math.Tanh(action.Values[i]))));
        _bounds.Clip(_action, _action);
        return _environment.Step(new EnvironmentAction(_action), observation);
    }
}

using System.Globalization;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Evaluation;

/// <summary>A rule as an evaluation plays it. Each of its actions is checked before the environment receives it.</summary>
/// <param name="name">The name of the rule, for messages.</param>
/// <param name="environments">The environments.</param>
/// <param name="seeds">The seeds of the episodes, for messages.</param>
/// <param name="rule">The rule: a function from an observation, of its own, to the values of an action.</param>
internal sealed class RuleActor(string name, VectorEnvironment environments, int[] seeds, Func<float[], float[]?> rule) : IEpisodeActor
{
    private readonly float[][] _actions = new float[environments.Count][];

    /// <inheritdoc/>
    public void Observe(int environment, bool isFirst)
    {
        // A rule sees what the environment has written.
    }

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<int> episodes)
    {
        for (var e = 0; e < episodes.Length; e++)
        {
            if (episodes[e] >= 0)
                _actions[e] = Ask(e, episodes[e]);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Action(int environment) => _actions[environment];

    private float[] Ask(int environment, int episode)
    {
        float[]? action;
        try
        {
            // A rule may keep or change its observation.
            action = rule(environments.Observation(environment).ToArray());
        }
        catch (Exception exception)
        {
            throw Failed(environment, episode, $"threw {exception.GetType().Name}: {exception.Message}", exception);
        }

        return FaultOf(action, environment) is { } fault ? throw Failed(environment, episode, fault, inner: null) : action!;
    }

    private string? FaultOf(float[]? action, int environment)
    {
        var space = environments.ActionSpace;
        if (action is null)
            return "answered null";
        if (action.Length != space.Length)
            return string.Create(CultureInfo.InvariantCulture, $"answered {action.Length} {(action.Length == 1 ? "value" : "values")}, but an action of {space} has {space.Length}");
        for (var i = 0; i < action.Length; i++)
        {
            if (RangeOf(space, i) is var (low, high, isWhole) && !(action[i] >= low && action[i] <= high && (!isWhole || float.IsInteger(action[i]))))
                return string.Create(CultureInfo.InvariantCulture, $"answered {action[i]:G6}{(space.Length == 1 ? "" : $" in dimension {i} ({space.Names[i]})")}, which is out of bounds: {space} takes {(isWhole ? "whole numbers" : "numbers")} from {low:G6} to {high:G6}");
        }

        return ActionSampling.FindForbidden(space, choice => environments.Allows(environment, choice), action) is >= 0 and var forbidden
            ? $"answered '{space.ScoreNames[forbidden]}', which the environment does not allow in this state"
            : null;
    }

    private static (float Low, float High, bool IsWhole) RangeOf(ActionSpace space, int dimension) => space switch
    {
        // Infinite values are no actions even of a space without bounds.
        BoxActionSpace box => (Math.Max(box.Low[dimension], -float.MaxValue), Math.Min(box.High[dimension], float.MaxValue), false),
        MultiBinaryActionSpace => (0, 1, true),
        _ => (0, space.ChoiceCounts[dimension] - 1, true),
    };

    private RuleException Failed(int environment, int episode, string fault, Exception? inner)
    {
        var step = environments.Length(environment);
        return new RuleException(string.Create(CultureInfo.InvariantCulture, $"The rule '{name}' {fault}. It was asked in environment '{environments.Name}' in episode {episode} (seed {seeds[episode]}), step {step}."), name, episode, step, inner);
    }
}

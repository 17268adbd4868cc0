using Trpo.Onnx.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Policies;

/// <summary>
/// A mask of choices in the last slots of an observation, one for each choice of the actions: 1 allows the choice, 0 forbids it. A forbidden choice has the
/// probability 0, and its logit the derivative 0: the network's output for it is replaced.
/// </summary>
internal sealed class ActionMask
{
    // In training: so far below all that a network computes that the exponential is 0, and finite, so that 0 times it is 0 too.
    private const double ForbiddenLogit = -1e300;

    private readonly ActionSpace _actions;
    private readonly int _observationLength;
    private readonly int _start;

    /// <param name="actions">The actions; choices, in one dimension or in several.</param>
    /// <param name="observationLength">The number of slots of an observation, <c>d</c>, the mask's among them.</param>
    /// <exception cref="ArgumentException">The actions are no choices, or the observation is shorter than the mask.</exception>
    public ActionMask(ActionSpace actions, int observationLength)
    {
        Check(actions);
        _actions = actions;
        _observationLength = observationLength;
        _start = observationLength - Length;
        if (_start < 0)
            throw new ArgumentException($"The mask of the actions {actions} is the last {Length} slots of an observation, but the observation has {observationLength}: write the mask behind all else that the policy sees, or Concatenate it there.", nameof(observationLength));
    }

    /// <summary>The number of choices, <c>n</c>.</summary>
    public int Length => _actions.ScoreLength;

    /// <exception cref="ArgumentException">The actions are no choices.</exception>
    public static void Check(ActionSpace actions)
    {
        if (actions.ChoiceCounts.IsEmpty)
            throw new ArgumentException($"A mask allows and forbids choices, but the actions are {actions}: only discrete and multi-discrete actions can be masked.", nameof(actions));
    }

    /// <summary>Describes a fault of the mask of an observation, as the end of a sentence that begins with the environment; null for a valid mask.</summary>
    /// <param name="observation">The observation as the policy sees it, <c>[d]</c>.</param>
    /// <param name="step">The step of the episode.</param>
    public string? FindFault(ReadOnlySpan<float> observation, int step)
    {
        var mask = observation[_start..];
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] is not (0 or 1))
                return FormattableString.Invariant($"shows the policy {mask[i]} at slot {_start + i}, at step {step} of its episode, where the mask says whether choice '{_actions.ScoreNames[i]}' is allowed; it must be 1 or 0. A normaliser must not scale the mask: let Concatenate put the mask behind what is normalised.");
        }

        for (var dimension = 0; dimension < _actions.ChoiceCounts.Length; dimension++)
        {
            var choices = mask[.._actions.ChoiceCounts[dimension]];
            if (!choices.Contains(1))
                return $"allows no choice{(_actions is DiscreteActionSpace ? "" : $" in dimension '{_actions.Names[dimension]}'")} at step {step} of its episode: the mask, which is the last {Length} slots of what the policy sees, is 0 there. Where nothing can be done, end the episode, or keep a choice that does nothing.";
            mask = mask[choices.Length..];
        }

        return null;
    }

    /// <summary>Returns true if the mask of an observation allows an action.</summary>
    /// <param name="observation">The observation as the policy sees it, <c>[d]</c>.</param>
    /// <param name="action">The index of a choice in each dimension, <c>[k]</c>.</param>
    public bool Allows(ReadOnlySpan<float> observation, ReadOnlySpan<float> action)
    {
        var start = _start;
        for (var dimension = 0; dimension < action.Length; dimension++)
        {
            if (observation[start + (int)action[dimension]] != 1)
                return false;
            start += _actions.ChoiceCounts[dimension];
        }

        return true;
    }

    /// <summary>Replaces the logits of the choices that the masks of a batch of observations forbid.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="logits"><c>[N, n]</c>.</param>
    public void Apply(ReadOnlySpan<float> observations, Span<double> logits)
    {
        var place = 0;
        for (var row = 0; row < observations.Length; row += _observationLength)
        {
            foreach (var slot in observations.Slice(row + _start, Length))
            {
                if (!(slot > 0.5f))
                    logits[place] = ForbiddenLogit;
                place++;
            }
        }
    }

    /// <summary>
    /// Adds the mask to a graph, where the logits of forbidden choices are minus infinity. A row that allows no choice of a dimension gets
    /// NaN logits and with them NaN scores, which mark a missing action.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="observation">The observations, <c>[N, d]</c>.</param>
    /// <param name="logits">What the network computed, <c>[N, n]</c>.</param>
    /// <returns>The logits that the actions are chosen by.</returns>
    public string Export(OnnxGraphBuilder graph, string observation, string logits) => MaskGraph.Add(graph, _actions, _observationLength, observation, logits);
}

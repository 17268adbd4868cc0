using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Sampling;

/// <summary>
/// The mixture of a policy's probabilities with uniform ones, <c>(1 - floor) p + floor / n</c> over the <c>n</c> eligible choices of a dimension, or over both states of a switch. Every eligible
/// choice has a probability of <c>floor / n</c> at least, so that a log of the decisions tells of all of them.
/// </summary>
public static class ExplorationFloor
{
    /// <summary>Throws if a floor is out of its range, or the actions are no choices.</summary>
    /// <param name="floor">The share of the uniform distribution, from 0 to 1.</param>
    /// <param name="actions">The actions; null if they are not known yet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="floor"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="floor"/> is above 0, and the actions are a box.</exception>
    public static void Check(double floor, ActionSpace? actions)
    {
        if (!(floor >= 0 && floor <= 1))
            throw new ArgumentOutOfRangeException(nameof(floor), floor, "The floor is the share of the uniform distribution in the draws of actions: it must be at least 0 and at most 1.");
        if (floor > 0 && actions is BoxActionSpace box)
            throw new InvalidOperationException(FormattableString.Invariant($"The floor is {floor:G6}, but the actions are {box}: only choices and switches have a uniform distribution to mix in. A policy over a box explores by its standard deviation: leave the floor at 0."));
    }

    /// <summary>Mixes the probabilities of a row.</summary>
    /// <param name="metadata">The description of the policy.</param>
    /// <param name="floor">The share of the uniform distribution, from 0 to 1.</param>
    /// <param name="observation">
    /// The policy's observation, <c>[d]</c>, whose mask says which choices are eligible; without a mask, all are. Empty if the policy takes raw columns: behind a mask, choices of a probability
    /// above 0 are eligible then.
    /// </param>
    /// <param name="score">The policy's score, <c>[ScoreLength]</c>, of choices or switches.</param>
    /// <param name="mixed">Receives the mixture, <c>[ScoreLength]</c>; may be the memory of <paramref name="score"/>.</param>
    public static void Mix(PolicyMetadata metadata, double floor, ReadOnlySpan<float> observation, ReadOnlySpan<float> score, Span<float> mixed)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.Actions.ChoiceCounts.IsEmpty)
        {
            for (var i = 0; i < score.Length; i++)
                mixed[i] = (float)(((1 - floor) * score[i]) + (floor / 2));
            return;
        }

        var mask = metadata.HasActionMask && !observation.IsEmpty ? observation[^score.Length..] : default;
        var start = 0;
        foreach (var count in metadata.Actions.ChoiceCounts)
        {
            var slots = mask.IsEmpty ? default : mask.Slice(start, count);
            Mix(floor, metadata.HasActionMask, slots, score.Slice(start, count), mixed.Slice(start, count));
            start += count;
        }
    }

    private static void Mix(double floor, bool isMasked, ReadOnlySpan<float> mask, ReadOnlySpan<float> score, Span<float> mixed)
    {
        var eligible = 0;
        for (var i = 0; i < score.Length; i++)
            eligible += IsEligible(isMasked, mask, score, i) ? 1 : 0;
        for (var i = 0; i < score.Length; i++)
            mixed[i] = (float)(((1 - floor) * score[i]) + (IsEligible(isMasked, mask, score, i) ? floor / eligible : 0));
    }

    // An exported mask allows what is above a half.
    private static bool IsEligible(bool isMasked, ReadOnlySpan<float> mask, ReadOnlySpan<float> score, int choice) =>
        !isMasked || (mask.IsEmpty ? score[choice] > 0 : mask[choice] > 0.5f);
}

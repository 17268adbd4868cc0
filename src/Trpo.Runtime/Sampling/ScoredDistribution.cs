using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Sampling;

/// <summary>
/// The distribution over actions that a row of a policy's results describes. An action is a row <c>[k]</c> of floats, with <c>k</c> the length
/// of the action space: indices, zeros and ones, or a vector, which may be clipped to its bounds.
/// </summary>
public abstract class ScoredDistribution
{
    private protected ScoredDistribution()
    {
    }

    /// <summary>Returns the distribution for a space.</summary>
    /// <param name="space">The space of the actions.</param>
    public static ScoredDistribution For(ActionSpace space) => space switch
    {
        DiscreteActionSpace discrete => new ScoredChoices([discrete.Count]),
        MultiDiscreteActionSpace multi => new ScoredChoices([.. multi.Counts]),
        MultiBinaryActionSpace => new ScoredSwitches(),
        BoxActionSpace box => new ScoredGaussian(box),
        _ => throw new InvalidOperationException($"The action space {space} has no distribution."),
    };

    /// <summary>Draws an action.</summary>
    /// <param name="score">The policy's score, <c>[ScoreLength]</c>.</param>
    /// <param name="logStandardDeviation">The logarithms of the standard deviations, <c>[k]</c>, for a box; empty for all other spaces.</param>
    /// <param name="random">The only source of randomness.</param>
    /// <param name="action">Receives the action, <c>[k]</c>.</param>
    public abstract void Draw(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, RandomSource random, Span<float> action);

    /// <summary>
    /// Computes the logarithm of the probability of an action, in nats, summed over the dimensions; in a box, that of the density of the action within the bounds. A bound has the
    /// probability of all draws that are clipped to it, divided by <see cref="BoxActionSpace.HalfWidth"/>.
    /// </summary>
    /// <param name="score">The policy's score, <c>[ScoreLength]</c>.</param>
    /// <param name="logStandardDeviation">The logarithms of the standard deviations, <c>[k]</c>, for a box; empty for all other spaces.</param>
    /// <param name="action">The action, <c>[k]</c>; in a box, as it was drawn or clipped to its bounds.</param>
    public abstract double LogProbability(ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation, ReadOnlySpan<float> action);
}

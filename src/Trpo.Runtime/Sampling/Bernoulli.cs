using Trpo.Runtime.Randomness;

namespace Trpo.Runtime.Sampling;

/// <summary>The distribution of one switch, which is on (1) with a probability and otherwise off (0).</summary>
public static class Bernoulli
{
    /// <summary>Draws 1 or 0.</summary>
    /// <param name="probability">The probability of 1.</param>
    /// <param name="random">The only source of randomness.</param>
    public static int Sample(double probability, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.NextDouble() < probability ? 1 : 0;
    }
}

using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>
/// The space of an agent's actions: one of a number of choices (<see cref="DiscreteActionSpace"/>), a choice in each of several dimensions
/// (<see cref="MultiDiscreteActionSpace"/>), a number of switches (<see cref="MultiBinaryActionSpace"/>) or a vector of real numbers
/// within bounds (<see cref="BoxActionSpace"/>).
/// </summary>
public abstract class ActionSpace
{
    private protected ActionSpace(int length, ImmutableArray<string> names, ImmutableArray<string> scoreNames)
    {
        Length = length;
        Names = names;
        ScoreNames = scoreNames;
    }

    /// <summary>The number of values of one action: 1 for a discrete action (its index), <c>k</c> in a space of k dimensions.</summary>
    public int Length { get; }

    /// <summary>The names of the choices of a discrete space, of the dimensions of the others.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>
    /// The names of the values of a policy's score: the <see cref="Names"/>; in a <see cref="MultiDiscreteActionSpace"/>, where each choice of each
    /// dimension has a probability of its own, "{dimension}.{index}".
    /// </summary>
    public ImmutableArray<string> ScoreNames { get; }

    /// <summary>The number of values of a policy's score: a probability per choice or switch, or a mean per dimension of a box.</summary>
    public int ScoreLength => ScoreNames.Length;

    /// <summary>The number of choices in each dimension, in the order of the score; empty for multi-binary spaces and boxes.</summary>
    public virtual ImmutableArray<int> ChoiceCounts => [];

    /// <summary>Creates a space of <paramref name="count"/> choices named "0", "1", ...</summary>
    /// <param name="count">The number of choices, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static DiscreteActionSpace Discrete(int count) => new(SpaceNames.Numbered(count, nameof(count)));

    /// <summary>Creates a space with one choice per name.</summary>
    /// <param name="names">The names of the choices in the order of their indices; distinct, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, a name is empty, or two are the same.</exception>
    public static DiscreteActionSpace Discrete(params ReadOnlySpan<string> names) => new(SpaceNames.Checked(names, nameof(names)));

    /// <summary>Creates a space of one choice in each of several dimensions, <c>0 &lt;= action[i] &lt; counts[i]</c>.</summary>
    /// <param name="counts">The number of choices of each dimension, at least 1; at least one dimension.</param>
    /// <param name="names">The names of the dimensions; "0", "1", ... where none are given.</param>
    /// <exception cref="ArgumentException">There is no dimension, the number of names differs, a name is empty, or two are the same.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is less than 1, or all of them together are more than 16,777,216.</exception>
    public static MultiDiscreteActionSpace MultiDiscrete(ReadOnlySpan<int> counts, params ReadOnlySpan<string> names) => new(counts, names);

    /// <summary>Creates a space of <paramref name="count"/> switches named "0", "1", ..., each 0 (off) or 1 (on).</summary>
    /// <param name="count">The number of switches, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static MultiBinaryActionSpace MultiBinary(int count) => new(SpaceNames.Numbered(count, nameof(count)));

    /// <summary>Creates a space with one switch per name, each 0 (off) or 1 (on).</summary>
    /// <param name="names">The names of the switches in their order; distinct, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, a name is empty, or two are the same.</exception>
    public static MultiBinaryActionSpace MultiBinary(params ReadOnlySpan<string> names) => new(SpaceNames.Checked(names, nameof(names)));

    /// <summary>Creates a space of real vectors, <c>low[i] &lt;= action[i] &lt;= high[i]</c>; infinite bounds mean unbounded.</summary>
    /// <param name="low">The minimum of each dimension.</param>
    /// <param name="high">The maximum of each dimension, as many as <paramref name="low"/>.</param>
    /// <param name="names">The names of the dimensions; "0", "1", ... where none are given.</param>
    /// <exception cref="ArgumentException">The lengths differ, a bound is NaN, or a low bound is not below its high bound.</exception>
    public static BoxActionSpace Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, params ReadOnlySpan<string> names) =>
        new(low, high, names);
}

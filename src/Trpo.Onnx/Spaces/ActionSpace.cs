using System.Collections.Immutable;

namespace Trpo.Onnx.Spaces;

/// <summary>
/// What an agent can do: one of a number of choices (<see cref="DiscreteActionSpace"/>) or a vector of real numbers
/// within bounds (<see cref="BoxActionSpace"/>).
/// </summary>
public abstract class ActionSpace
{
    private protected ActionSpace(int length, ImmutableArray<string> names)
    {
        Length = length;
        Names = names;
    }

    /// <summary>How many values make one action: 1 for a discrete action (its index), <c>k</c> for a box of k dimensions.</summary>
    public int Length { get; }

    /// <summary>The names of the choices of a discrete space, or of the dimensions of a box; as many as <see cref="ScoreLength"/>.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>How many values a policy's score has: a probability per choice, or a mean per dimension.</summary>
    public int ScoreLength => Names.Length;

    /// <summary>A space of <paramref name="count"/> choices named "0", "1", ...</summary>
    /// <param name="count">The number of choices, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    public static DiscreteActionSpace Discrete(int count) => new(SpaceNames.Numbered(count, nameof(count)));

    /// <summary>A space with one choice per name.</summary>
    /// <param name="names">The names of the choices in the order of their indices; distinct, at least one.</param>
    /// <exception cref="ArgumentException">There is no name, a name is empty, or two are the same.</exception>
    public static DiscreteActionSpace Discrete(params ReadOnlySpan<string> names) => new(SpaceNames.Checked(names, nameof(names)));

    /// <summary>A space of real vectors, <c>low[i] &lt;= action[i] &lt;= high[i]</c>; infinite bounds mean unbounded.</summary>
    /// <param name="low">The least value of each dimension.</param>
    /// <param name="high">The greatest value of each dimension, as many as <paramref name="low"/>.</param>
    /// <param name="names">The names of the dimensions; "0", "1", ... where none are given.</param>
    /// <exception cref="ArgumentException">The lengths differ, a bound is NaN, or a low bound is not below its high bound.</exception>
    public static BoxActionSpace Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, params ReadOnlySpan<string> names) =>
        new(low, high, names);
}

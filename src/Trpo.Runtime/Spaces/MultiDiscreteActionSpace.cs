using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>
/// One choice in each of several dimensions, each numbered from 0, such as a gear and a pedal. ML.NET sees it as a <c>Vector&lt;Single, k&gt;</c>
/// column of indices with the dimensions' names: a vector of keys has one set of values for all of its slots, which dimensions of different
/// sizes do not have. The score is the probability of every choice of the first dimension, then of the second, and so on.
/// </summary>
public sealed class MultiDiscreteActionSpace : ActionSpace
{
    // Indices travel as Single, which holds every integer up to here.
    private const int MaxChoices = 1 << 24;

    internal MultiDiscreteActionSpace(ReadOnlySpan<int> counts, ReadOnlySpan<string> names)
        : this(Checked(counts), SpaceNames.OrNumbered(names, counts.Length, nameof(names)))
    {
    }

    private MultiDiscreteActionSpace(ImmutableArray<int> counts, ImmutableArray<string> names)
        : base(counts.Length, names, [.. counts.SelectMany((count, dimension) => Enumerable.Range(0, count).Select(index => $"{names[dimension]}.{index}"))])
    {
        Counts = counts;
    }

    /// <summary>The number of choices of each dimension.</summary>
    public ImmutableArray<int> Counts { get; }

    /// <inheritdoc/>
    public override ImmutableArray<int> ChoiceCounts => Counts;

    /// <inheritdoc/>
    public override string ToString() => $"MultiDiscrete({string.Join(", ", Counts)})";

    private static ImmutableArray<int> Checked(ReadOnlySpan<int> counts)
    {
        if (counts.IsEmpty)
            throw new ArgumentException("A multi-discrete space has at least one dimension.", nameof(counts));
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] < 1)
                throw new ArgumentOutOfRangeException(nameof(counts), counts[i], $"Dimension {i} has {counts[i]} choices: it must have at least one.");
            total += counts[i];
        }

        if (total > MaxChoices)
            throw new ArgumentOutOfRangeException(nameof(counts), total, $"The dimensions have {total} choices together: there can be {MaxChoices} at most.");
        return [.. counts];
    }
}

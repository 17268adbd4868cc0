using System.Collections.Immutable;

namespace Trpo.Onnx.Spaces;

/// <summary>What an agent sees: a vector of <see cref="Length"/> real numbers, each within its bounds.</summary>
public sealed class ObservationSpace
{
    private ObservationSpace(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<string> names)
    {
        BoxBounds.Check(low, high);
        Low = [.. low];
        High = [.. high];
        Names = names.IsEmpty ? [] : SpaceNames.OrNumbered(names, low.Length, nameof(names));
    }

    /// <summary>The number of values of an observation.</summary>
    public int Length => Low.Length;

    /// <summary>The least value of each dimension; minus infinity where there is none.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>The greatest value of each dimension; infinity where there is none.</summary>
    public ImmutableArray<float> High { get; }

    /// <summary>The names of the dimensions; empty where they have none.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>A space of real vectors, <c>low[i] &lt;= observation[i] &lt;= high[i]</c>; infinite bounds mean unbounded.</summary>
    /// <param name="low">The least value of each dimension, at least one.</param>
    /// <param name="high">The greatest value of each dimension, as many as <paramref name="low"/>.</param>
    /// <param name="names">The names of the dimensions; none, or as many as <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, a bound is NaN, or a low bound is not below its high bound.</exception>
    public static ObservationSpace Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, params ReadOnlySpan<string> names) =>
        new(low, high, names);

    /// <summary>A space of unbounded real vectors.</summary>
    /// <param name="length">The number of values of an observation, at least 1.</param>
    /// <param name="names">The names of the dimensions; none, or as many as <paramref name="length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The number of names is another.</exception>
    public static ObservationSpace Unbounded(int length, params ReadOnlySpan<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var low = new float[length];
        var high = new float[length];
        Array.Fill(low, float.NegativeInfinity);
        Array.Fill(high, float.PositiveInfinity);
        return new ObservationSpace(low, high, names);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Box({Length})";
}

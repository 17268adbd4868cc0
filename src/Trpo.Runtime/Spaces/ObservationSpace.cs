using System.Collections.Immutable;

namespace Trpo.Runtime.Spaces;

/// <summary>
/// The space of an agent's observations: vectors of <see cref="Length"/> real numbers, each within its bounds. A space with <see cref="Columns"/> is
/// several named columns of numbers, vectors and categories in a data view.
/// </summary>
public sealed class ObservationSpace
{
    private ObservationSpace(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<string> names)
    {
        BoxBounds.Check(low, high);
        Low = [.. low];
        High = [.. high];
        Names = names.IsEmpty ? [] : SpaceNames.OrNumbered(names, low.Length, nameof(names));
    }

    private ObservationSpace(ImmutableArray<ObservationColumn> columns)
    {
        Low = [.. columns.SelectMany(column => column.Low)];
        High = [.. columns.SelectMany(column => column.High)];
        Names = SpaceNames.Checked([.. columns.SelectMany(column => column.ValueNames())], nameof(columns));
        Columns = columns;
    }

    /// <summary>The number of values of an observation.</summary>
    public int Length => Low.Length;

    /// <summary>The minimum of each dimension; minus infinity if it is unbounded.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>The maximum of each dimension; infinity if it is unbounded.</summary>
    public ImmutableArray<float> High { get; }

    /// <summary>The names of the dimensions; empty if they have none. The values of a column have its name or, in a vector, "{column}.{slot}".</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>The columns in a data view, whose values follow each other in an observation; empty for one plain vector.</summary>
    public ImmutableArray<ObservationColumn> Columns { get; } = [];

    /// <summary>Creates a space of real vectors, <c>low[i] &lt;= observation[i] &lt;= high[i]</c>; infinite bounds mean unbounded.</summary>
    /// <param name="low">The minimum of each dimension, at least one.</param>
    /// <param name="high">The maximum of each dimension, as many as <paramref name="low"/>.</param>
    /// <param name="names">The names of the dimensions; none, or as many as <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ, a bound is NaN, or a low bound is not below its high bound.</exception>
    public static ObservationSpace Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, params ReadOnlySpan<string> names) =>
        new(low, high, names);

    /// <summary>Creates a space of unbounded real vectors.</summary>
    /// <param name="length">The number of values of an observation, at least 1.</param>
    /// <param name="names">The names of the dimensions; none, or as many as <paramref name="length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">The number of names differs from <paramref name="length"/>.</exception>
    public static ObservationSpace Unbounded(int length, params ReadOnlySpan<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var low = new float[length];
        var high = new float[length];
        Array.Fill(low, float.NegativeInfinity);
        Array.Fill(high, float.PositiveInfinity);
        return new ObservationSpace(low, high, names);
    }

    /// <summary>Creates a space of several columns, each with a name and a type of its own; <see cref="ObservationColumn"/> creates them.</summary>
    /// <param name="columns">The columns in the order in which the environment writes their values; at least one.</param>
    /// <exception cref="ArgumentException">There is no column, or two columns, or two of their values, have the same name.</exception>
    public static ObservationSpace OfColumns(params ReadOnlySpan<ObservationColumn> columns)
    {
        if (columns.IsEmpty)
            throw new ArgumentException("There must be at least one column.", nameof(columns));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            ArgumentNullException.ThrowIfNull(column, nameof(columns));
            if (!names.Add(column.Name))
                throw new ArgumentException($"Two columns are named '{column.Name}'.", nameof(columns));
        }

        return new ObservationSpace([.. columns]);
    }

    /// <inheritdoc/>
    public override string ToString() => Columns.IsEmpty ? $"Box({Length})" : $"Columns({string.Join(", ", Columns)})";
}

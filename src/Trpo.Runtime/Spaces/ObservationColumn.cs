using System.Collections.Immutable;
using System.Text;

namespace Trpo.Runtime.Spaces;

/// <summary>
/// A named, typed column of an <see cref="ObservationSpace"/> that has several. The environment writes numbers for it: one, or as many as a vector
/// has dimensions; for a category, its index from 0. <see cref="Kind"/> is the type of the column in a data view.
/// </summary>
public sealed class ObservationColumn
{
    private ObservationColumn(string name, ObservationColumnKind kind, ImmutableArray<float> low, ImmutableArray<float> high, ImmutableArray<string> names)
    {
        Name = name;
        Kind = kind;
        Low = low;
        High = high;
        Categories = IsCategory(kind) ? names : [];
        SlotNames = IsCategory(kind) ? [] : names;
    }

    /// <summary>The name of the column.</summary>
    public string Name { get; }

    /// <summary>The type of the column in a data view.</summary>
    public ObservationColumnKind Kind { get; }

    /// <summary>The number of values of an observation that the column holds: <c>d</c> for a vector, 1 for every other kind.</summary>
    public int Length => Low.Length;

    /// <summary>The minimum of each dimension; minus infinity if it is unbounded, 0 for a category.</summary>
    public ImmutableArray<float> Low { get; }

    /// <summary>The maximum of each dimension; infinity if it is unbounded, the last index for a category.</summary>
    public ImmutableArray<float> High { get; }

    /// <summary>The categories in the order of their indices; empty for numbers.</summary>
    public ImmutableArray<string> Categories { get; }

    /// <summary>The names of the dimensions of a vector; empty where they have none, and for every other column.</summary>
    public ImmutableArray<string> SlotNames { get; }

    /// <summary>Creates a column of numbers, <c>low &lt;= value &lt;= high</c>; infinite bounds mean unbounded.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="low">The minimum.</param>
    /// <param name="high">The maximum.</param>
    /// <exception cref="ArgumentException">The name is empty, a bound is NaN, or the low bound is not below the high one.</exception>
    public static ObservationColumn Number(string name, float low = float.NegativeInfinity, float high = float.PositiveInfinity) =>
        OfNumbers(name, ObservationColumnKind.Number, [low], [high], []);

    /// <summary>Creates a column of vectors, <c>low[i] &lt;= value[i] &lt;= high[i]</c>; infinite bounds mean unbounded.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="low">The minimum of each dimension, at least one.</param>
    /// <param name="high">The maximum of each dimension, as many as <paramref name="low"/>.</param>
    /// <param name="slotNames">The names of the dimensions; none, or as many as <paramref name="low"/>.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice, the lengths differ, a bound is NaN, or a low bound is not below its high bound.</exception>
    public static ObservationColumn Vector(string name, ReadOnlySpan<float> low, ReadOnlySpan<float> high, params ReadOnlySpan<string> slotNames) =>
        OfNumbers(name, ObservationColumnKind.Vector, low, high, slotNames);

    /// <summary>Creates a column of vectors whose dimensions have the same bounds, <c>low &lt;= value[i] &lt;= high</c>; infinite bounds mean unbounded.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="length">The number of dimensions, at least 1.</param>
    /// <param name="low">The minimum of every dimension.</param>
    /// <param name="high">The maximum of every dimension.</param>
    /// <param name="slotNames">The names of the dimensions; none, or <paramref name="length"/> of them.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">A name is empty or occurs twice, the number of names differs, a bound is NaN, or the low bound is not below the high one.</exception>
    public static ObservationColumn Vector(string name, int length, float low = float.NegativeInfinity, float high = float.PositiveInfinity, params ReadOnlySpan<string> slotNames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        return OfNumbers(name, ObservationColumnKind.Vector, [.. Enumerable.Repeat(low, length)], [.. Enumerable.Repeat(high, length)], slotNames);
    }

    /// <summary>Creates a column of texts from a list, which for example <c>OneHotEncoding</c> encodes as numbers.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="categories">The texts in the order of the indices that the environment writes; distinct, at least one.</param>
    /// <exception cref="ArgumentException">The name is empty, there is no category, or one is empty or occurs twice.</exception>
    public static ObservationColumn Text(string name, params ReadOnlySpan<string> categories) =>
        OfCategories(name, ObservationColumnKind.Text, categories);

    /// <summary>Creates a column of keys. ML.NET counts keys from 1; the environment writes the index from 0.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="categories">The key values in the order of the indices that the environment writes; distinct, at least one.</param>
    /// <exception cref="ArgumentException">The name is empty, there is no category, or one is empty or occurs twice.</exception>
    public static ObservationColumn Key(string name, params ReadOnlySpan<string> categories) =>
        OfCategories(name, ObservationColumnKind.Key, categories);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ObservationColumnKind.Vector => $"{Name} (vector of {Length})",
        ObservationColumnKind.Text => $"{Name} (text, {Categories.Length} categories)",
        ObservationColumnKind.Key => $"{Name} (key, {Categories.Length} categories)",
        _ => $"{Name} (number)",
    };

    /// <summary>True if data views show the two columns alike: the same name, kind, length and names. Bounds may differ.</summary>
    /// <param name="other">The other column.</param>
    public bool HasSameType(ObservationColumn other) =>
        Name == other.Name && Kind == other.Kind && Length == other.Length && Categories.SequenceEqual(other.Categories) && SlotNames.SequenceEqual(other.SlotNames);

    /// <summary>Returns a name for each value: that of the column, or "{column}.{slot}" for a vector.</summary>
    internal IEnumerable<string> ValueNames() => Kind != ObservationColumnKind.Vector
        ? [Name]
        : (SlotNames.IsEmpty ? SpaceNames.Numbered(Length, nameof(SlotNames)) : SlotNames).Select(slot => $"{Name}.{slot}");

    private static bool IsCategory(ObservationColumnKind kind) => kind is ObservationColumnKind.Text or ObservationColumnKind.Key;

    private static ObservationColumn OfNumbers(string name, ObservationColumnKind kind, ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<string> slotNames)
    {
        CheckName(name);
        BoxBounds.Check(low, high, $"column '{name}'");
        return new ObservationColumn(name, kind, [.. low], [.. high], slotNames.IsEmpty ? [] : SpaceNames.OrNumbered(slotNames, low.Length, nameof(slotNames)));
    }

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);

        // Models and graphs are stored as UTF-8, which has no half of a surrogate pair.
        if (name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar) && !name.Contains('\uFFFD'))
            throw new ArgumentException($"The name of the column, '{name}', has half a surrogate pair, which no text encoding can store: name it otherwise.", nameof(name));
    }

    private static ObservationColumn OfCategories(string name, ObservationColumnKind kind, ReadOnlySpan<string> categories)
    {
        CheckName(name);
        var names = SpaceNames.Checked(categories, nameof(categories));
        return new ObservationColumn(name, kind, [0], [names.Length - 1], names);
    }
}

using System.Collections.Immutable;
using System.Globalization;

namespace Trpo.Runtime.Spaces;

/// <summary>The names of choices and dimensions, which become key values and slot names; checked.</summary>
internal static class SpaceNames
{
    public static ImmutableArray<string> Numbered(int count, string parameterName)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, parameterName);
        return [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    }

    public static ImmutableArray<string> OrNumbered(ReadOnlySpan<string> names, int count, string parameterName)
    {
        if (names.IsEmpty)
            return Numbered(count, parameterName);
        if (names.Length != count)
            throw new ArgumentException($"There are {names.Length} names for {count} dimensions.", parameterName);
        return Checked(names, parameterName);
    }

    public static ImmutableArray<string> Checked(ReadOnlySpan<string> names, string parameterName)
    {
        if (names.IsEmpty)
            throw new ArgumentException("There must be at least one name.", parameterName);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException("A name is empty.", parameterName);
            if (!seen.Add(name))
                throw new ArgumentException($"The name '{name}' occurs twice.", parameterName);
        }

        return [.. names];
    }
}

using System.Globalization;

namespace Trpo.Cli.Studies;

/// <summary>A list of seeds in an option: <c>1..5</c>, <c>1,3,8</c>, or both.</summary>
internal static class SeedList
{
    /// <summary>The maximum number of seeds.</summary>
    public const int MaxCount = 1_000;

    /// <summary>Reads a list, without seeds that are named twice.</summary>
    /// <returns>True if the text is a list of 1 to <see cref="MaxCount"/> seeds from 0.</returns>
    public static bool TryParse(string text, out IReadOnlyList<int> seeds)
    {
        var found = new List<int>();
        seeds = found;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last < first || last - first >= MaxCount)
                return false;
            found.AddRange(Enumerable.Range(first, last - first + 1).Except(found));
        }

        return found.Count is > 0 and <= MaxCount;
    }

    /// <summary>Reads a list that a command line was checked with.</summary>
    /// <exception cref="ArgumentException">The text is no list.</exception>
    public static IReadOnlyList<int> Parse(string text) => TryParse(text, out var seeds) ? seeds : throw new ArgumentException($"'{text}' is no list of seeds.", nameof(text));

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

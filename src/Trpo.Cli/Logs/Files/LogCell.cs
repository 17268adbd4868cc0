using System.Globalization;

namespace Trpo.Cli.Logs.Files;

/// <summary>The values of cells, by the same rules in all formats.</summary>
internal static class LogCell
{
    private const int MaxNoted = 40;

    private static readonly string[] MissingTexts = ["NA", "N/A", "NaN", "null", "?"];

    /// <summary>True if a cell is empty, or has one of the words for a missing number.</summary>
    public static bool IsMissing(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        if (cell.Length is 0 or > 4)
            return cell.IsEmpty;
        foreach (var text in MissingTexts)
        {
            if (cell.Equals(text, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Reads a number in the invariant culture; returns false if the cell has none.</summary>
    public static bool TryNumber(ReadOnlySpan<char> cell, out double number) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads true or false, in whatever case; returns false if the cell has neither.</summary>
    public static bool TryBoolean(ReadOnlySpan<char> cell, out bool value) => bool.TryParse(cell, out value);

    /// <summary>Returns the number of a cell: NaN if it is missing, 1 for true and 0 for false.</summary>
    /// <exception cref="InvalidDataException">The cell has another text.</exception>
    public static double NumberOf(ReadOnlySpan<char> cell)
    {
        if (IsMissing(cell))
            return double.NaN;
        if (TryNumber(cell, out var number))
            return number;
        return TryBoolean(cell, out var value) ? value ? 1 : 0 : throw new InvalidDataException($"a cell has the text '{Beginning(cell)}' in the place of a number.");
    }

    /// <summary>Returns the number of a typed value, as <see cref="NumberOf(ReadOnlySpan{char})"/> does.</summary>
    public static double NumberOf(object? value) => value switch
    {
        double number => number,
        float number => number,
        long number => number,
        int number => number,
        bool flag => flag ? 1 : 0,
        _ => NumberOf(TextOf(value)),
    };

    /// <summary>Returns the text of a cell. Programs write Booleans in several ways, of which a policy must see one.</summary>
    public static ReadOnlySpan<char> TextOf(ReadOnlySpan<char> cell) => TryBoolean(cell, out var flag) ? TextOf(flag) : cell;

    /// <summary>Returns the text of a typed value; empty if it is missing, <c>true</c> or <c>false</c> for a Boolean and for a text that is one.</summary>
    public static string TextOf(object? value) => value switch
    {
        null or DBNull => "",
        string text => TryBoolean(text, out var flag) ? TextOf(flag) : text,
        bool flag => TextOf(flag),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    /// <summary>Returns the text of a cell of a column of numbers or Booleans, whose spaces and words for a missing number are no names.</summary>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> cell) => IsMissing(cell) ? [] : TextOf(cell);

    /// <summary>Returns the text of a typed value, as <see cref="NameOf(ReadOnlySpan{char})"/> does.</summary>
    public static string NameOf(object? value) => TextOf(value) is var text && IsMissing(text) ? "" : text;

    /// <summary>Returns the beginning of a text, for messages.</summary>
    public static string Beginning(ReadOnlySpan<char> text) => text.Length <= MaxNoted ? text.ToString() : $"{text[..MaxNoted]}...";

    private static string TextOf(bool value) => value ? "true" : "false";
}

namespace Trpo.Cli.Logs.Files;

/// <summary>The rules of RFC 4180 for quotes.</summary>
internal static class CsvQuotes
{
    private const char Quote = '"';

    // A log has at least an action, a probability, a reward and a feature. The lines of a text have hardly ever as many cells, and numbers in the same two, by chance.
    private const int MinCells = 4;
    private const int MinNumbers = 2;

    /// <summary>True if a cell has no quotes, or one at each end and pairs of them between. Spaces around the quotes do not matter.</summary>
    public static bool AreAroundCell(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        if (!cell.Contains(Quote))
            return true;
        if (cell.Length < 2 || cell[0] != Quote || cell[^1] != Quote)
            return false;
        cell = cell[1..^1];
        for (var quote = cell.IndexOf(Quote); quote >= 0; quote = cell.IndexOf(Quote))
        {
            if (quote + 1 == cell.Length || cell[quote + 1] != Quote)
                return false;
            cell = cell[(quote + 2)..];
        }

        return true;
    }

    /// <summary>True if each line of a row of several lines looks like a row of its own: it has as many cells, and numbers in the same ones.</summary>
    /// <param name="row">The row.</param>
    /// <param name="separator">The character between cells.</param>
    /// <param name="count">The number of cells of a row.</param>
    public static bool MergeRows(ReadOnlySpan<char> row, char separator, int count)
    {
        var lines = row.TrimEnd().ToString().ReplaceLineEndings("\n").Split('\n');
        if (lines.Length == 1 || count < MinCells)
            return false;
        var cells = Array.ConvertAll(lines, line => Array.ConvertAll(line.Split(separator), cell => cell.Trim([' ', Quote])));
        if (Array.Exists(cells, line => line.Length != count))
            return false;
        var numbers = Enumerable.Range(0, count).Select(i => cells.Where(line => line[i].Length > 0).Select(line => IsNumber(line[i])).Distinct().ToArray()).ToList();
        return numbers.TrueForAll(kinds => kinds.Length <= 1) && numbers.Count(kinds => kinds is [true]) >= MinNumbers;
    }

    private static bool IsNumber(string cell) => LogCell.TryNumber(cell, out _);
}

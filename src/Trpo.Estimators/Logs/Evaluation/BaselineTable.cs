using System.Globalization;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The baselines of an evaluation as aligned lines of text, with the verdict over each.</summary>
internal static class BaselineTable
{
    private const string Gap = "  ";

    /// <summary>Returns the lines: a header, and a line for each baseline.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<LogBaseline> baselines, double level)
    {
        string[][] rows =
        [
            ["baseline", "its worth", "gain over it", string.Create(CultureInfo.InvariantCulture, $"verdict at {100 * level:G6}%")],
            .. baselines.Select(baseline => new[] { $"{baseline.Kind}", LogEstimate.TextOf(baseline.Value, baseline.StandardError), LogEstimate.TextOf(baseline.Gain, baseline.GainError), $"{baseline.Verdict}" }),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => $"  {string.Join(Gap, row.Zip(widths, (cell, width) => cell.PadRight(width)))}".TrimEnd());
    }
}

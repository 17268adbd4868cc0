using System.Globalization;
using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>The formats of numbers in documents.</summary>
internal static class Numbers
{
    /// <summary>Formats a return with one decimal; a value that rounds to 0 has no sign.</summary>
    public static string Return(double value) => double.IsNaN(value) ? "–" : value.ToString("0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    public static string Steps(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Formats a mean or median of steps, rounded to a whole number.</summary>
    public static string Steps(double value) => Steps((int)Math.Round(value));

    /// <summary>Formats a count with its noun, such as "2 seeds".</summary>
    public static string Count(int count, string noun) => $"{Steps(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>Formats a share as a percentage without decimals.</summary>
    public static string Percent(double value) => (100 * value).ToString("F0", CultureInfo.InvariantCulture) + " %";

    public static string Seconds(double value) => value.ToString("F1", CultureInfo.InvariantCulture) + " s";

    /// <summary>Formats the median and the range of the steps to solve; the range has no end if a seed did not solve the task.</summary>
    public static string Solved(Summary summary)
    {
        if (summary.FirstSolved is not { } first)
            return Median(summary);
        var last = summary.LastSolved is { } steps ? Steps(steps) : "";
        return $"{Median(summary)}, {Steps(first)}–{last}";
    }

    /// <summary>Formats the median of the steps to solve; if half of the seeds or more did not solve the task, as more than the steps of training.</summary>
    public static string Median(Summary summary) => double.IsInfinity(summary.MedianSolved)
        ? "> " + Steps(summary.Results.Max(result => result.Curve[^1].Steps))
        : Steps(summary.MedianSolved);
}

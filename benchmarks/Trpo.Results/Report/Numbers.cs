using System.Globalization;
using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>How numbers are written.</summary>
internal static class Numbers
{
    public static string Return(double value) => double.IsNaN(value) ? "–" : value.ToString("F1", CultureInfo.InvariantCulture);

    public static string Steps(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Seconds(double value) => value.ToString("F1", CultureInfo.InvariantCulture) + " s";

    /// <summary>The median of the steps to solve and their range, with an open end where a seed did not.</summary>
    public static string Solved(Summary summary)
    {
        if (summary.FirstSolved is not { } first)
            return Median(summary);
        var last = summary.LastSolved is { } steps ? Steps(steps) : "";
        return $"{Median(summary)}, {Steps(first)}–{last}";
    }

    /// <summary>The median of the steps to solve; where half of the seeds or more did not, more than there were steps.</summary>
    public static string Median(Summary summary) => double.IsInfinity(summary.MedianSolved)
        ? "> " + Steps(summary.Results.Max(result => result.Curve[^1].Steps))
        : Steps((int)Math.Round(summary.MedianSolved));
}

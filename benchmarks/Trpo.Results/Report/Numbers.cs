using System.Globalization;
using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>How numbers are written.</summary>
internal static class Numbers
{
    /// <summary>A return with one decimal; what is 0 then has no sign.</summary>
    public static string Return(double value) => double.IsNaN(value) ? "–" : value.ToString("0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    public static string Steps(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A mean or a median of steps, to the nearest whole number.</summary>
    public static string Steps(double value) => Steps((int)Math.Round(value));

    /// <summary>How many of something there are.</summary>
    public static string Count(int count, string what) => $"{Steps(count)} {what}{(count == 1 ? "" : "s")}";

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
        : Steps(summary.MedianSolved);
}

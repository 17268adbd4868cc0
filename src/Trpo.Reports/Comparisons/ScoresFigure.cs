using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Comparisons;

/// <summary>The scores of the groups of a comparison: each seed, and the interquartile mean with its interval.</summary>
internal static class ScoresFigure
{
    private const int MaxRows = 16;
    private const int MinHeight = 310;
    private const int RowHeight = 30;
    private const int Frame = 62;
    private const int Left = 58;

    /// <summary>Returns the figure as HTML; an empty string if no group has a score.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="names">The short name of each group.</param>
    public static string Of(RunComparison comparison, IReadOnlyList<string> names)
    {
        RunGroup[] groups = [.. comparison.Groups.Where(group => group.Scores is not null).Take(MaxRows)];
        if (groups.Length == 0)
            return "";
        using var plot = new Plot();
        List<double> drawn = [];
        foreach (var (index, group) in groups.Index())
            drawn.AddRange(Draw(plot, group, -index, Color.FromHex(ComparisonCharts.ColorOf(index))));
        var (low, high) = (drawn.Min(), drawn.Max());
        var margin = high > low ? 0.06 * (high - low) : high != 0 ? 0.5 * Math.Abs(high) : 1;
        plot.Axes.SetLimits(low - margin, high + margin, -groups.Length + 0.4, 0.6);
        plot.Axes.Left.TickGenerator = new NumericManual([.. groups.Index().Select(group => -(double)group.Index)], [.. names.Take(groups.Length)]);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 6 };
        PlotSvg.SetStyle(plot);
        return HtmlPage.Figure("scores-over-seeds", "Scores over seeds", comparison.Measure, PlotSvg.Of(plot, "scores-over-seeds", "Scores of the seeds of each group, and their interquartile mean with its interval", comparison.Measure, Math.Max(MinHeight, (groups.Length * RowHeight) + Frame), Left),
            FormattableString.Invariant($"Small marks are seeds; the large one is their interquartile mean, the line its 95 % interval.{(comparison.Groups.Count > groups.Length ? FormattableString.Invariant($" The first {groups.Length} groups with a score are drawn.") : "")}"));
    }

    private static IEnumerable<double> Draw(Plot plot, RunGroup group, int row, Color color)
    {
        var scores = group.Scores!;
        var interval = scores.InterquartileMeanInterval();
        foreach (var score in scores.Tasks[0])
            plot.Add.Marker(Clamp(score), row - 0.18, MarkerShape.OpenCircle, 6, color);
        if (scores.Count > 1)
            plot.Add.Line(Clamp(interval.Low), row, Clamp(interval.High), row).LineStyle = new LineStyle(2.6f, color);
        plot.Add.Marker(Clamp(scores.InterquartileMean), row, MarkerShape.FilledCircle, 10, color);
        return [Clamp(scores.Tasks[0][0]), Clamp(scores.Tasks[0][^1])];
    }

    // The length of an axis must be finite.
    private static double Clamp(double value) => Math.Clamp(value, -Chart.MaxValue, Chart.MaxValue);
}

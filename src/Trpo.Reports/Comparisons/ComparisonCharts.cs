using Trpo.Estimators.Statistics;
using Trpo.Reports.Charts;
using Trpo.Reports.Descriptions;

namespace Trpo.Reports.Comparisons;

/// <summary>The learning curves of the groups of a comparison, one over the other.</summary>
internal static class ComparisonCharts
{
    private const int Points = 80;
    private const int Resamples = 500;

    private static readonly string[] Colors = [ChartColor.Blue, ChartColor.Orange, ChartColor.Green, ChartColor.Purple];

    /// <summary>Gets the number of groups that can be told apart by their colours.</summary>
    public static int MaxGroups => Colors.Length;

    /// <summary>Returns the colour of a group; the groups after the first ones have one in common.</summary>
    public static string ColorOf(int group) => group < MaxGroups ? Colors[group] : ChartColor.Axis;

    /// <summary>Returns the chart of the first groups.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="names">The short name of each group.</param>
    public static Chart Of(RunComparison comparison, IReadOnlyList<string> names)
    {
        List<ChartSeries> bands = [], lines = [];
        foreach (var (index, group) in comparison.Groups.Take(MaxGroups).Index())
            Add(group, names[index], Colors[index], bands, lines);
        if (comparison.Random is { } random && lines.Count > 0)
            lines.Add(new ChartSeries(RunEvaluation.Random, ChartColor.Red, SeriesStyle.Dashed, [0, lines.Max(line => line.X[^1])], [random.MeanReturn, random.MeanReturn]));
        var left = comparison.Groups.Count - MaxGroups;
        return new Chart("learning-curves", "Learning curves", "mean return of the last 100 training episodes",
            $"The curve is the interquartile mean over seeds, the band its 95 % bootstrap interval; a group with one seed has none.{(left > 0 ? FormattableString.Invariant($" The {MaxGroups} best groups are drawn; {left} more {(left == 1 ? "is" : "are")} in the table.") : "")}", [.. bands, .. lines]);
    }

    private static void Add(RunGroup group, string name, string color, List<ChartSeries> bands, List<ChartSeries> lines)
    {
        // Where a run has ended, or has no return yet, the mean would be that of others.
        var (first, last) = (group.Runs.Max(FirstReturn), group.Runs.Min(run => run.Steps));
        if (!(first <= last))
            return;
        double[] x = [.. Enumerable.Range(0, Points).Select(point => first + ((last - first) * point / (Points - 1)))];
        var scores = x.Select(steps => group.Runs.Select(run => run.ReturnAt(steps)).Where(double.IsFinite).ToArray()).ToArray();
        double[] Values(Func<SeedScores, double> value) => [.. scores.Select(values => values.Length == 0 ? double.NaN : value(new SeedScores(values)))];
        lines.Add(new ChartSeries(name, color, SeriesStyle.Thick, x, Values(values => values.InterquartileMean)));
        if (group.Runs.Count > 1)
            bands.Add(new ChartSeries($"{name}, interval", color, SeriesStyle.Band, x, Values(values => values.InterquartileMeanInterval(resamples: Resamples).High), Values(values => values.InterquartileMeanInterval(resamples: Resamples).Low)));
    }

    private static double FirstReturn(RecordedRun run) => run.AllSteps.FirstOrDefault(steps => !double.IsNaN(run.ReturnAt(steps)), double.PositiveInfinity);
}

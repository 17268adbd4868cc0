using Trpo.Estimators;
using Trpo.Reports.History;

namespace Trpo.Reports.Charts;

/// <summary>What share of its time training spent on what, as areas on top of each other, averaged over stretches of the run.</summary>
internal static class TimeShares
{
    private const int MostStretches = 60;

    private static readonly (string Name, string Color, TrpoMetric Metric)[] Phases =
    [
        ("acting in the environments", ChartColor.Blue, TrpoMetric.RolloutTime),
        ("advantages", ChartColor.Purple, TrpoMetric.AdvantagesTime),
        ("policy's update", ChartColor.Orange, TrpoMetric.PolicyUpdateTime),
        ("value function's fit", ChartColor.Green, TrpoMetric.ValueFitTime),
    ];

    public static IReadOnlyList<ChartSeries> Of(RunHistory history)
    {
        var count = history.Rows.Count;
        var stretches = Math.Min(count, MostStretches);
        double[][] times = [.. Phases.Select(phase => Sums(history[phase.Metric], stretches))];
        double[] totals = [.. Enumerable.Range(0, stretches).Select(stretch => times.Sum(phase => phase[stretch]))];

        // Each stretch is level, from where the one before ended.
        double[] ends = [.. Enumerable.Range(1, stretches).Select(stretch => history.Steps[(int)((long)stretch * count / stretches) - 1])];
        double[] x = [.. ends.SelectMany((end, stretch) => new[] { stretch == 0 ? 0 : ends[stretch - 1], end })];
        List<ChartSeries> series = [];
        var below = new double[2 * stretches];
        foreach (var (index, phase) in Phases.Index())
        {
            double[] top = [.. below.Select((value, i) => value + (totals[i / 2] > 0 ? times[index][i / 2] / totals[i / 2] : 0))];
            series.Add(new ChartSeries(phase.Name, phase.Color, SeriesStyle.Area, x, top, below));
            below = top;
        }

        return series;
    }

    private static double[] Sums(double[] values, int stretches)
    {
        var sums = new double[stretches];
        for (var i = 0; i < values.Length; i++)
            sums[(int)((long)i * stretches / values.Length)] += double.IsFinite(values[i]) ? values[i] : 0;
        return sums;
    }
}

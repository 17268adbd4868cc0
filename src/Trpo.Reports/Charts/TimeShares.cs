using Trpo.Estimators;
using Trpo.Reports.History;

namespace Trpo.Reports.Charts;

/// <summary>The shares of the training time that each part of an iteration took, as stacked areas, averaged over stretches of the run.</summary>
internal static class TimeShares
{
    private const int MaxStretches = 60;

    private static readonly (string Name, string Color, TrpoMetric Metric)[] Phases =
    [
        ("acting in the environments", ChartColor.Blue, TrpoMetric.RolloutTime),
        ("advantages", ChartColor.Purple, TrpoMetric.AdvantagesTime),
        ("policy's update", ChartColor.Orange, TrpoMetric.PolicyUpdateTime),
        ("value function's fit", ChartColor.Green, TrpoMetric.ValueFitTime),
    ];

    /// <summary>Returns an area for each part.</summary>
    public static IReadOnlyList<ChartSeries> Of(RunHistory history)
    {
        var count = history.Rows.Count;
        var stretches = Math.Min(count, MaxStretches);
        int[] starts = [.. Enumerable.Range(0, stretches + 1).Select(stretch => (int)((long)stretch * count / stretches))];
        double[][] times = [.. Phases.Select(phase => Sums(history[phase.Metric], starts))];
        double[] totals = [.. Enumerable.Range(0, stretches).Select(stretch => times.Sum(phase => phase[stretch]))];

        // Each stretch is level, from where the one before ended.
        double[] x = [.. Enumerable.Range(0, stretches).SelectMany(stretch => new[] { End(starts[stretch]), End(starts[stretch + 1]) })];
        List<ChartSeries> series = [];
        var below = new double[2 * stretches];
        foreach (var (index, phase) in Phases.Index())
        {
            double[] top = [.. below.Select((value, i) => value + (totals[i / 2] > 0 ? times[index][i / 2] / totals[i / 2] : 0))];
            series.Add(new ChartSeries(phase.Name, phase.Color, SeriesStyle.Area, x, top, below));
            below = top;
        }

        return series;

        // The environment steps before a row.
        double End(int row) => row == 0 ? 0 : history.Steps[row - 1];
    }

    private static double[] Sums(double[] values, int[] starts) =>
        [.. Enumerable.Range(0, starts.Length - 1).Select(stretch => values[starts[stretch]..starts[stretch + 1]].Where(double.IsFinite).Sum())];
}

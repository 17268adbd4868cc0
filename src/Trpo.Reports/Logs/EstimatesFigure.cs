using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The estimates of a policy and the baselines with their intervals: a forest plot.</summary>
internal static class EstimatesFigure
{
    private const int RowHeight = 27;
    private const int Frame = 62;
    private const int Left = 132;

    /// <summary>Returns the figure as HTML.</summary>
    public static string Of(LogEvaluation evaluation)
    {
        var log = evaluation.Baselines.Single(baseline => baseline.Kind == LogBaselineKind.Log);
        (string Name, double Value, double Low, double High, string Color)[] rows =
        [
            .. evaluation.Estimates.OrderBy(estimate => estimate.Interval is null).ThenByDescending(estimate => estimate.Estimator == evaluation.DoublyRobust.Estimator)
                .Select(estimate => ($"{estimate.Estimator}", estimate.Value, estimate.Interval?.Low ?? double.NaN, estimate.Interval?.High ?? double.NaN, ChartColor.Blue)),
            .. evaluation.Baselines.Select(baseline => (NameOf(baseline.Kind), baseline.Value, baseline.Interval?.Low ?? double.NaN, baseline.Interval?.High ?? double.NaN, ChartColor.Orange)),
        ];
        using var plot = new Plot();
        var notes = new List<(string Text, double X, double Y)>();
        var line = plot.Add.VerticalLine(Clamp(log.Value), 1.5f, Color.FromHex(ChartColor.Axis), LinePattern.Dashed);
        line.IsVisible = double.IsFinite(log.Value);
        double[] drawn = [.. rows.SelectMany(row => new[] { row.Value, row.Low, row.High }).Where(double.IsFinite).Select(Clamp)];
        var (low, high) = drawn.Length == 0 ? (0, 1) : (drawn.Min(), drawn.Max());
        foreach (var (index, row) in rows.Index())
        {
            if (!double.IsFinite(row.Value))
            {
                notes.Add((double.IsNaN(row.Value) ? "no estimate" : "too large for numbers", (low / 2) + (high / 2), -index));
                continue;
            }

            if (double.IsFinite(row.Low) && double.IsFinite(row.High))
                plot.Add.Line(Clamp(row.Low), -index, Clamp(row.High), -index).LineStyle = new LineStyle(2.2f, Color.FromHex(row.Color));
            plot.Add.Marker(Clamp(row.Value), -index, MarkerShape.FilledCircle, 8, Color.FromHex(row.Color));
        }

        var margin = high > low ? 0.06 * (high - low) : high != 0 ? 0.5 * Math.Abs(high) : 1;
        plot.Axes.SetLimits(low - margin, high + margin, -rows.Length + 0.4, 0.6);
        plot.Axes.Left.TickGenerator = new NumericManual([.. rows.Index().Select(row => -(double)row.Index)], [.. rows.Select(row => row.Name)]);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 6 };
        PlotSvg.SetStyle(plot);
        return HtmlPage.Figure("estimates", "Estimates", UnitOf(evaluation), """<ul class="legend"><li class="blue">the policy</li><li class="orange">baselines</li></ul>""" + PlotSvg.Of(plot, "estimates", "Estimates and baselines with their intervals", UnitOf(evaluation), (rows.Length * RowHeight) + Frame, Left, notes),
            "An estimate without a line has no interval that keeps its level. The dashed line is the mean " + (evaluation.Episodes is null ? "reward" : "return") + " of the log.");
    }

    /// <summary>Returns the unit of the estimates in words.</summary>
    public static string UnitOf(LogEvaluation evaluation) => evaluation.Episodes is null ? "reward per decision" : "return per episode";

    /// <summary>Returns the name of a baseline in words.</summary>
    public static string NameOf(LogBaselineKind kind) => kind switch
    {
        LogBaselineKind.Log => "the log",
        LogBaselineKind.Uniform => "uniform",
        LogBaselineKind.BestSingleAction => "best single action",
        LogBaselineKind.RidgeArgmax => "ridge argmax",
        _ => $"{kind}",
    };

    // The length of an axis must be finite.
    private static double Clamp(double value) => Math.Clamp(value, -Chart.MaxValue, Chart.MaxValue);
}

using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The rewards that the reward model predicted beside those that came.</summary>
internal static class CalibrationFigure
{
    private const int Height = 310;
    private const int Left = 58;
    private const double Margin = 1.96;

    /// <summary>Returns the figure as HTML.</summary>
    public static string Of(LogEvaluation evaluation)
    {
        using var plot = new Plot();
        CalibrationBin[] bins = [.. evaluation.Calibration.Where(bin => double.IsFinite(bin.Predicted) && double.IsFinite(bin.Observed))];
        double[] predicted = [.. bins.Select(bin => Clamp(bin.Predicted))];
        double[] all = [.. predicted, .. bins.SelectMany(bin => new[] { Clamp(bin.Observed - MarginOf(bin)), Clamp(bin.Observed + MarginOf(bin)) })];
        var (low, high) = all.Length == 0 ? (0, 1) : (all.Min(), all.Max());
        var margin = high > low ? 0.06 * (high - low) : high != 0 ? 0.5 * Math.Abs(high) : 1;
        (low, high) = (low - margin, high + margin);
        plot.Add.Line(low, low, high, high).LineStyle = new LineStyle(1.5f, Color.FromHex(ChartColor.Axis), LinePattern.Dashed);
        foreach (var bin in bins)
        {
            plot.Add.Line(Clamp(bin.Predicted), Clamp(bin.Observed - MarginOf(bin)), Clamp(bin.Predicted), Clamp(bin.Observed + MarginOf(bin))).LineStyle = new LineStyle(2, Color.FromHex(ChartColor.Green));
            plot.Add.Marker(Clamp(bin.Predicted), Clamp(bin.Observed), MarkerShape.FilledCircle, 7, Color.FromHex(ChartColor.Green));
        }

        plot.Axes.SetLimits(low, high, low, high);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 6 };
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 5 };
        PlotSvg.SetStyle(plot);
        var observed = evaluation.Episodes is null ? "mean logged reward" : "mean reward and value of what followed";
        return HtmlPage.Figure("calibration", $"Calibration of the {(evaluation.Episodes is null ? "reward model" : "model of the values")}", observed, """<ul class="legend"><li class="green marks">a tenth of the rows, with its interval of 95 %</li></ul>""" + PlotSvg.Of(plot, "calibration", "Predictions and what came", $"mean predicted {(evaluation.Episodes is null ? "reward" : "value")} of the logged actions", Height, Left),
            "Each row is predicted by a model that has not seen it" + (evaluation.Episodes is null ? "" : "s episode") + ". On the dashed line, predictions are right on average; far from it, DM is wrong, and DR varies more than it could.");
    }

    private static double MarginOf(CalibrationBin bin) => double.IsFinite(bin.StandardError) ? Margin * bin.StandardError : 0;

    private static double Clamp(double value) => Math.Clamp(value, -Chart.MaxValue, Chart.MaxValue);
}

using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The rewards that the reward model predicted beside those that came; for episodes, the values beside the rewards and the values of the next rows.</summary>
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
        var (title, observed, predictions, caption) = evaluation.Episodes is null
            ? ("Calibration of the reward model", "mean logged reward", "mean predicted reward of the logged actions", "Each row is predicted by a model that has not seen it. On the dashed line, predictions are right on average; far from it, DM is wrong, and DR varies more than it could.")
            : ("Consistency of the model of the values", "mean reward and value of the next row", "mean predicted value of the logged actions", "Each row is predicted by a model that has not seen its episode, and compared with its reward and the model's own value of the next row. Far from the dashed line, DM is wrong, and WDR varies more than it could. On it, the model agrees with itself from step to step, which does not show that its values are right.");
        return HtmlPage.Figure("calibration", title, observed, """<ul class="legend"><li class="green marks">a tenth of the rows, with its interval of 95 %</li></ul>""" + PlotSvg.Of(plot, "calibration", "Predictions and what came", predictions, Height, Left), caption);
    }

    private static double MarginOf(CalibrationBin bin) => double.IsFinite(bin.StandardError) ? Margin * bin.StandardError : 0;

    private static double Clamp(double value) => Math.Clamp(value, -Chart.MaxValue, Chart.MaxValue);
}

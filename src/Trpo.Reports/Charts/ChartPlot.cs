using ScottPlot;
using ScottPlot.TickGenerators;

namespace Trpo.Reports.Charts;

/// <summary>The drawing of a chart with ScottPlot.</summary>
internal static class ChartPlot
{
    // The width of the data's area, in pixels at a scale of 1.
    private const int PixelColumns = 480;
    private const int MaxMarkedPoints = 40;
    private const double Margin = 0.06;
    private const double BandOpacity = 0.18;

    /// <summary>Draws curves, areas and axes, without title, legend and labels.</summary>
    public static Plot Draw(Chart chart)
    {
        var plot = new Plot();
        var end = Math.Max(1, chart.Series.Select(series => series.X[^1]).DefaultIfEmpty(1).Max());
        foreach (var series in chart.DrawnSeries)
            Add(plot, chart, series, end);

        SetAxes(plot, chart, end);
        return plot;
    }

    private static void Add(Plot plot, Chart chart, ChartSeries series, double end)
    {
        var color = Color.FromHex(series.Color);
        if (series.Style is SeriesStyle.Area or SeriesStyle.Band)
        {
            var area = plot.Add.FillY([.. series.X], [.. series.Base!], [.. series.Y]);
            (area.FillColor, area.LineWidth, area.MarkerSize, area.LegendText) = (series.Style == SeriesStyle.Band ? color.WithAlpha(BandOpacity) : color, 0, 0, series.Name);
            return;
        }

        var (x, y) = Decimation.Apply(series.X, [.. series.Y.Select(value => double.IsFinite(value) ? Math.Clamp(value, chart.Floor, chart.Ceiling) : value)], end, PixelColumns);
        var scatter = plot.Add.Scatter(x, y, color);
        scatter.LegendText = series.Name;
        scatter.MarkerSize = series.Style == SeriesStyle.Marks ? 6 : series.Style != SeriesStyle.Dashed && x.Length <= MaxMarkedPoints ? 5 : 0;
        scatter.LineWidth = series.Style switch { SeriesStyle.Marks => 0, SeriesStyle.Thick => 2.8f, SeriesStyle.Dashed => 1.8f, _ => 1.3f };
        scatter.LinePattern = series.Style == SeriesStyle.Dashed ? LinePattern.Dashed : LinePattern.Solid;
    }

    private static void SetAxes(Plot plot, Chart chart, double end)
    {
        var values = chart.DrawnSeries.SelectMany(series => series.Y.Concat(series.Style == SeriesStyle.Band ? series.Base! : []).Where(double.IsFinite)).Select(value => Math.Clamp(value, chart.Floor, chart.Ceiling)).ToList();
        if (!double.IsNaN(chart.From))
            values.Add(chart.From);
        if (!double.IsNaN(chart.To))
            values.Add(chart.To);
        var (low, high) = values.Count == 0 ? (0, 1) : (values.Min(), values.Max());
        var margin = high > low ? Margin * (high - low) : high != 0 ? 0.5 * Math.Abs(high) : 1;
        plot.Axes.SetLimits(0, end, low - margin, high + margin);

        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 6 };
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = TickText.Of, TargetTickCount = 5 };
        PlotSvg.SetStyle(plot);
    }
}

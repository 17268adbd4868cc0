namespace Trpo.Reports.Charts;

/// <summary>A chart of a run as an SVG element of a page.</summary>
internal static class ChartSvg
{
    private const int Height = 310;
    private const int Left = 58;

    /// <summary>Returns the SVG element.</summary>
    public static string Of(Chart chart)
    {
        using var plot = ChartPlot.Draw(chart);
        return PlotSvg.Of(plot, chart.Id, $"{chart.Title}: {string.Join(", ", chart.DrawnSeries.Select(series => series.Name))}, over environment steps", "environment steps", Height, Left);
    }
}

using Trpo.Reports.Charts;

namespace Trpo.Reports.Html;

/// <summary>A chart with its heading, legend and caption.</summary>
internal static class ChartFigure
{
    private static readonly Dictionary<string, string> ColorClasses = new()
    {
        [ChartColor.Blue] = "blue",
        [ChartColor.Orange] = "orange",
        [ChartColor.Green] = "green",
        [ChartColor.Purple] = "purple",
        [ChartColor.Red] = "red",
    };

    /// <summary>Returns the figure as HTML.</summary>
    public static string Of(Chart chart)
    {
        var series = chart.DrawnSeries.ToList();
        var content = series.Count == 0
            ? "<p class=\"empty\">No measurements yet.</p>"
            : $"<ul class=\"legend\">{string.Concat(series.Where(drawn => drawn.Style != SeriesStyle.Band).Select(Key))}</ul>\n{ChartSvg.Of(chart)}";
        return HtmlPage.Figure(chart.Id, chart.Title, chart.Unit, content, chart.Caption);
    }

    private static string Key(ChartSeries series) =>
        $"<li class=\"{ColorClasses[series.Color]}{series.Style switch { SeriesStyle.Marks => " marks", SeriesStyle.Area => " area", _ => "" }}\">{Markup.Encode(series.Name)}</li>";
}

using Trpo.Reports.Charts;
using static Trpo.Reports.Html.Markup;

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
        [ChartColor.Gray] = "gray",
    };

    public static string Of(Chart chart)
    {
        var drawn = chart.Drawn.ToList();
        var content = drawn.Count == 0
            ? "<p class=\"empty\">Nothing was measured yet.</p>"
            : $"<ul class=\"legend\">{string.Concat(drawn.Select(Key))}</ul>\n{ChartSvg.Of(chart)}";
        return $"""
            <figure id="{Encode(chart.Id)}">
            <h3>{Encode(chart.Title)} <span class="unit">({Encode(chart.Unit)}, over environment steps)</span></h3>
            {content}
            <figcaption>{Encode(chart.Caption)}</figcaption>
            </figure>

            """;
    }

    private static string Key(ChartSeries series) =>
        $"<li class=\"{ColorClasses[series.Color]}{series.Style switch { SeriesStyle.Marks => " marks", SeriesStyle.Area => " area", _ => "" }}\">{Encode(series.Name)}</li>";
}

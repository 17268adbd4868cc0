using System.Globalization;
using System.Xml.Linq;
using ScottPlot;

namespace Trpo.Reports.Charts;

/// <summary>
/// A chart as an SVG element of a page: without a background, and with the labels of the axes as text, so that font and colours are those of the page on any machine.
/// </summary>
internal static class ChartSvg
{
    /// <summary>The width of the drawing.</summary>
    public const int Width = 560;

    /// <summary>The height of the drawing.</summary>
    public const int Height = 310;

    private const int Left = 58;
    private const int Right = 16;
    private const int Bottom = 52;
    private const int Top = 10;
    private const int Gap = 8;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Returns the SVG element.</summary>
    public static string Of(Chart chart)
    {
        using var plot = ChartPlot.Draw(chart);
        plot.Layout.Fixed(new PixelPadding(Left, Right, Bottom, Top));
        plot.HideLegend();
        plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        plot.Axes.Left.TickLabelStyle.IsVisible = false;
        var drawing = XDocument.Parse(plot.GetSvgXml(Width, Height)).Root!;

        drawing.SetAttributeValue("width", null);
        drawing.SetAttributeValue("height", null);
        drawing.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {Height}"));
        drawing.SetAttributeValue("role", "img");
        drawing.SetAttributeValue("aria-label", $"{chart.Title}: {string.Join(", ", chart.DrawnSeries.Select(series => series.Name))}, over environment steps");
        MakeIdsUnique(drawing, chart.Id);
        drawing.Add(plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => Text(tick.Label, plot.GetPixel(new Coordinates(tick.Position, 0)).X, Height - Bottom + 20, "middle")));
        drawing.Add(plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => Text(tick.Label, Left - Gap, plot.GetPixel(new Coordinates(0, tick.Position)).Y + Gap / 2, "end")));
        drawing.Add(Text("environment steps", (Left + Width - Right) / 2, Height - Gap, "middle"));
        return drawing.ToString(SaveOptions.DisableFormatting);
    }

    private static XElement Text(string text, float x, float y, string anchor) => new(Svg + "text",
        new XAttribute("x", x.ToString("F1", CultureInfo.InvariantCulture)), new XAttribute("y", y.ToString("F1", CultureInfo.InvariantCulture)), new XAttribute("text-anchor", anchor), text);

    // The charts of a page share one namespace of ids.
    private static void MakeIdsUnique(XElement drawing, string prefix)
    {
        foreach (var attribute in drawing.Descendants().SelectMany(element => element.Attributes()))
        {
            if (attribute.Name == "id")
                attribute.Value = $"{prefix}-{attribute.Value}";
            else if (attribute.Value.StartsWith("url(#", StringComparison.Ordinal))
                attribute.Value = attribute.Value.Replace("url(#", $"url(#{prefix}-", StringComparison.Ordinal);
            else if (attribute.Name.LocalName == "href" && attribute.Value.StartsWith('#'))
                attribute.Value = $"#{prefix}-{attribute.Value[1..]}";
        }
    }
}

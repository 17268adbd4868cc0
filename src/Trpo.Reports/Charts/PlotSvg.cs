using System.Globalization;
using System.Xml.Linq;
using ScottPlot;

namespace Trpo.Reports.Charts;

/// <summary>
/// A plot as an SVG element of a page: without a background, and with the labels of the axes as text, so that font and colours are those of the page on any machine.
/// </summary>
internal static class PlotSvg
{
    /// <summary>The width of the drawing.</summary>
    public const int Width = 560;

    private const int Right = 16;
    private const int Bottom = 52;
    private const int Top = 10;
    private const int Gap = 8;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Returns the SVG element.</summary>
    /// <param name="plot">The plot, which is changed.</param>
    /// <param name="id">The beginning of all ids in the element.</param>
    /// <param name="label">The text in the place of the picture.</param>
    /// <param name="quantity">The quantity of the horizontal axis.</param>
    /// <param name="height">The height of the drawing.</param>
    /// <param name="left">The width of the labels of the vertical axis.</param>
    /// <param name="notes">Texts in the plot, each with the position of its middle on the axes.</param>
    public static string Of(Plot plot, string id, string label, string quantity, int height, int left, params IReadOnlyList<(string Text, double X, double Y)> notes)
    {
        plot.Layout.Fixed(new PixelPadding(left, Right, Bottom, Top));
        plot.HideLegend();
        plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        plot.Axes.Left.TickLabelStyle.IsVisible = false;
        var drawing = XDocument.Parse(plot.GetSvgXml(Width, height)).Root!;

        drawing.SetAttributeValue("width", null);
        drawing.SetAttributeValue("height", null);
        drawing.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {height}"));
        drawing.SetAttributeValue("role", "img");
        drawing.SetAttributeValue("aria-label", label);
        MakeIdsUnique(drawing, id);
        drawing.Add(plot.Axes.Bottom.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => Text(tick.Label, plot.GetPixel(new Coordinates(tick.Position, 0)).X, height - Bottom + 20, "middle")));
        drawing.Add(plot.Axes.Left.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => Text(tick.Label, left - Gap, plot.GetPixel(new Coordinates(0, tick.Position)).Y + Gap / 2, "end")));
        drawing.Add(notes.Select(note => (note.Text, Pixel: plot.GetPixel(new Coordinates(note.X, note.Y)))).Select(note => Text(note.Text, note.Pixel.X, note.Pixel.Y + (Gap / 2), "middle")));
        drawing.Add(Text(quantity, (left + Width - Right) / 2, height - Gap, "middle"));
        return drawing.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>Sets the frame, the grid and the background of a plot.</summary>
    public static void SetStyle(Plot plot)
    {
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Grid.MajorLineColor = Color.FromHex(ChartColor.Grid);
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        foreach (var axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.FrameLineStyle.Color = Color.FromHex(ChartColor.Axis);
            axis.MajorTickStyle.Color = Color.FromHex(ChartColor.Axis);
            axis.MinorTickStyle.Length = 0;
        }
    }

    private static XElement Text(string text, float x, float y, string anchor) => new(Svg + "text",
        new XAttribute("x", x.ToString("F1", CultureInfo.InvariantCulture)), new XAttribute("y", y.ToString("F1", CultureInfo.InvariantCulture)), new XAttribute("text-anchor", anchor), text);

    // The plots of a page share one namespace of ids.
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

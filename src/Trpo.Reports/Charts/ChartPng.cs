using ScottPlot;
using SkiaSharp;

namespace Trpo.Reports.Charts;

/// <summary>A chart as a PNG image, with title, legend and labels.</summary>
internal static class ChartPng
{
    private const int Width = 800;
    private const int Height = 440;
    private const int Scale = 2;

    // The last label of the horizontal axis would be cut off.
    private const double LabelMargin = 0.03;

    private static readonly string[] Families = ["Segoe UI", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"];

    /// <summary>Returns the bytes of the image.</summary>
    public static byte[] Of(Chart chart)
    {
        using var plot = ChartPlot.Draw(chart);
        plot.Font.Set(Families.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains, Fonts.Default));
        plot.FigureBackground.Color = Colors.White;
        plot.Title(chart.Title);
        plot.XLabel("environment steps");
        plot.YLabel(chart.Unit);
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Left.Label.Bold = false;
        plot.ShowLegend(Edge.Bottom);
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        var limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsX(limits.Left, limits.Right + LabelMargin * limits.HorizontalSpan);
        plot.ScaleFactor = Scale;
        return plot.GetImageBytes(Scale * Width, Scale * Height, ImageFormat.Png);
    }
}

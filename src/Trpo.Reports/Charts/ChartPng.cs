using ScottPlot;
using SkiaSharp;

namespace Trpo.Reports.Charts;

/// <summary>A chart as a picture of its own, with its title, legend and labels.</summary>
internal static class ChartPng
{
    private const int Width = 800;
    private const int Height = 440;
    private const int Scale = 2;
    private const double RoomForLastLabel = 0.03;

    private static readonly string[] Families = ["Segoe UI", "Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"];

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
        plot.Axes.SetLimitsX(limits.Left, limits.Right + RoomForLastLabel * limits.HorizontalSpan);
        plot.ScaleFactor = Scale;
        return plot.GetImageBytes(Scale * Width, Scale * Height, ImageFormat.Png);
    }
}

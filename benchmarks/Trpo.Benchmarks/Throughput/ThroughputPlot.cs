using ScottPlot;
using ScottPlot.TickGenerators;

namespace Trpo.Benchmarks.Throughput;

/// <summary>The picture of the speed of trainings: a curve over the length of an iteration for each width and each number of threads.</summary>
internal static class ThroughputPlot
{
    private const int Width = 760;
    private const int Height = 420;

    private static readonly Color[] WidthColors = [Colors.SteelBlue, Colors.DarkOrange, Colors.SeaGreen];

    /// <summary>Writes the picture.</summary>
    /// <param name="points">The speeds.</param>
    /// <param name="path">The path of the picture, a PNG.</param>
    public static void Save(IReadOnlyList<ThroughputPoint> points, string path)
    {
        using var plot = new Plot();
        int[] widths = [.. points.Select(point => point.Width).Distinct()];
        foreach (var curve in points.GroupBy(point => (point.Width, point.Threads)))
        {
            var line = plot.Add.Scatter(curve.Select(point => Math.Log2(point.Rows)).ToArray(), curve.Select(point => Math.Log10(point.StepsPerSecond)).ToArray(), WidthColors[Array.IndexOf(widths, curve.Key.Width) % WidthColors.Length]);
            line.LineWidth = 1 + curve.Key.Threads;
            line.LinePattern = curve.Key.Threads == 1 ? LinePattern.Dashed : LinePattern.Solid;
            line.MarkerSize = 6;
            line.LegendText = $"{curve.Key.Width}-{curve.Key.Width}, {(curve.Key.Threads == 1 ? "one thread" : $"{curve.Key.Threads} threads")}";
        }

        plot.Title("Training on CartPole");
        plot.XLabel("environment steps of an iteration");
        plot.YLabel("environment steps per second");
        plot.Axes.Bottom.TickGenerator = Labelled(points.Select(point => (double)point.Rows).Distinct(), Math.Log2);
        plot.Axes.Left.TickGenerator = Labelled([20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000], Math.Log10);
        plot.Axes.AutoScale();
        plot.ShowLegend(Alignment.MiddleRight);
        File.WriteAllBytes(path, plot.GetImageBytes(Width, Height, ImageFormat.Png));
    }

    private static NumericManual Labelled(IEnumerable<double> values, Func<double, double> position)
    {
        var ticks = new NumericManual();
        foreach (var value in values)
            ticks.AddMajor(position(value), FormattableString.Invariant($"{value:N0}"));
        return ticks;
    }
}

using ScottPlot;
using Trpo.Onnx.Files;
using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>The plot of the learning curves of a study: the mean over seeds, the band from the minimum to the maximum over seeds, and the reference.</summary>
internal static class CurvePlot
{
    public const int Width = 760;
    public const int Height = 420;

    private const int GridPoints = 200;
    private const double BandOpacity = 0.25;

    public static void Save(Summary summary, string path)
    {
        using var plot = new Plot();
        var study = summary.Study;
        var window = Band.Of([.. summary.Results.Select(result => Known(result.Curve.Select(point => (point.Steps, point.WindowMean))))], GridPoints);
        var iterations = Band.Of([.. summary.Results.Select(result => Known(result.Curve.Select(point => (point.Steps, point.MeanReturn))))], GridPoints);

        AddBand(plot, window, "minimum to maximum over seeds");
        AddMean(plot, iterations, "episodes of an iteration, mean over seeds", Colors.SteelBlue, 1.5f);
        AddMean(plot, window, $"last {study.Solved.Episodes} episodes, mean over seeds", Colors.DarkOrange, 3);
        var reference = plot.Add.HorizontalLine(study.Reference.Mean, 1.5f, Colors.Gray, LinePattern.Dashed);
        reference.LegendText = FormattableString.Invariant($"reference, {study.Reference.Mean:F1}");

        plot.Title($"{study.Title}, TRPO, {summary.Results.Count} seeds");
        plot.XLabel("environment steps");
        plot.YLabel("mean return");
        plot.Axes.AutoScale();
        // Leaves room for the last label.
        plot.Axes.SetLimitsX(0, 1.03 * summary.Results.Max(result => result.Curve[^1].Steps));
        plot.ShowLegend(Alignment.LowerRight);
        AtomicFile.Write(path, plot.GetImageBytes(Width, Height, ImageFormat.Png));
    }

    private static void AddBand(Plot plot, IReadOnlyList<BandPoint> band, string label)
    {
        if (band.Count == 0)
            return;
        var fill = plot.Add.FillY([.. band.Select(point => (double)point.Steps)], [.. band.Select(point => point.Low)], [.. band.Select(point => point.High)]);
        fill.FillColor = Colors.DarkOrange.WithAlpha(BandOpacity);
        fill.LineWidth = 0;
        fill.LegendText = label;
    }

    private static void AddMean(Plot plot, IReadOnlyList<BandPoint> band, string label, Color color, float width)
    {
        if (band.Count == 0)
            return;
        var line = plot.Add.ScatterLine(band.Select(point => (double)point.Steps).ToArray(), band.Select(point => point.Mean).ToArray(), color);
        line.LineWidth = width;
        line.LegendText = label;
    }

    // An iteration without an ended episode has no point.
    private static List<(int, double)> Known(IEnumerable<(int Steps, double? Value)> points) =>
        [.. points.Where(point => point.Value is not null).Select(point => (point.Steps, point.Value!.Value))];
}

using ScottPlot;
using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>Keeps the iterations of a run and draws them.</summary>
internal sealed class LearningCurve : IProgress<TrpoIteration>
{
    private readonly List<TrpoIteration> _iterations = [];

    public TrpoIteration Last => _iterations[^1];

    public void Report(TrpoIteration value) => _iterations.Add(value);

    /// <summary>The steps after which the mean return of the last 100 episodes first reached a value, or null.</summary>
    public int? FirstStepWith(double meanReturn) =>
        _iterations.FirstOrDefault(iteration => iteration.MeanReturnOfLast100 >= meanReturn)?.Steps;

    public void SavePng(string path, string title)
    {
        using var plot = new Plot();
        Add(plot, "episodes of the iteration", Colors.SteelBlue, 2, iteration => iteration.MeanReturn);
        Add(plot, "last 100 episodes", Colors.DarkOrange, 3, iteration => iteration.MeanReturnOfLast100);
        plot.Title(title);
        plot.XLabel("environment steps");
        plot.YLabel("mean return");
        plot.Axes.SetLimits(0, 1.03 * Last.Steps, 0, 520);
        plot.ShowLegend(Alignment.LowerRight);

        var aside = path + ".tmp.png";
        plot.SavePng(aside, 900, 500);
        File.Move(aside, path, overwrite: true);
    }

    private void Add(Plot plot, string label, Color color, float width, Func<TrpoIteration, double> value)
    {
        var points = _iterations.Where(iteration => !double.IsNaN(value(iteration))).ToList();
        var line = plot.Add.ScatterLine(points.Select(point => (double)point.Steps).ToArray(), points.Select(value).ToArray(), color);
        line.LineWidth = width;
        line.LegendText = label;
    }
}

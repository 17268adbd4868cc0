using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The importance weights of the rows: how many rows have them, and how much of the estimates they carry.</summary>
internal static class OverlapFigure
{
    private const int Height = 310;
    private const int Left = 58;
    private const double Half = 0.2;

    /// <summary>Returns the figure as HTML.</summary>
    public static string Of(LogEvaluation evaluation)
    {
        using var plot = new Plot();
        var (count, what) = evaluation.Episodes is { } episodes ? (episodes, "episode") : (evaluation.Rows, "row");
        foreach (var (index, bin) in evaluation.Overlap.Index())
        {
            Add(index - Half, (double)bin.Rows / count, ChartColor.Blue);
            Add(index + Half, bin.WeightShare, ChartColor.Orange);
        }

        var top = evaluation.Overlap.Max(bin => Math.Max((double)bin.Rows / count, double.IsFinite(bin.WeightShare) ? bin.WeightShare : 1));
        plot.Axes.SetLimits(-0.6, evaluation.Overlap.Count - 0.4, 0, 1.08 * top);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. evaluation.Overlap.Index().Select(bin => (double)bin.Index)], [.. evaluation.Overlap.Select(NameOf)]);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { LabelFormatter = share => share.ToString("0.##%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal), TargetTickCount = 5 };
        PlotSvg.SetStyle(plot);
        plot.Grid.XAxisStyle.IsVisible = false;
        return HtmlPage.Figure("overlap", "Overlap with the log", "share", """<ul class="legend"><li class="blue area">of the """ + what + """s</li><li class="orange area">of the sum of weights</li></ul>""" + PlotSvg.Of(plot, "overlap", "Histogram of the importance weights", $"weight of {(evaluation.Episodes is null ? "a row" : "an episode")}: probability under the policy over that in the log", Height, Left),
            Caption(evaluation, count, what));

        void Add(double position, double share, string color)
        {
            var bar = plot.Add.Bar(position, double.IsFinite(share) ? share : 1);
            bar.Color = Color.FromHex(color);
            foreach (var drawn in bar.Bars)
                (drawn.Size, drawn.LineWidth) = (2 * Half, 0);
        }
    }

    // Weights near 1 are not to be expected of a policy that does not take what the log took: in the other rows, its weight is 1 over a probability.
    private static string Caption(LogEvaluation evaluation, long count, string what)
    {
        var few = $"Where few {what}s of large weights carry most of the sum, few of them stand behind the estimates.";
        return evaluation.Overlap[0].Rows is > 0 and var unused
            ? $"{NumberText.Measured(100.0 * unused / count)} % of the {what}s have the weight 0: the policy does not take what the log took, and they tell of it by the reward model alone. The others stand for them, each for as many as its weight. {few}"
            : $"The more a policy is like that of the log, the nearer to 1 are the weights. {few}";
    }

    // The lower edge: the bin ends at the next one.
    private static string NameOf(WeightBin bin) => bin.To == 0 ? "0" : bin.From switch
    {
        0 => "<1/16",
        < 1 => $"1/{(1 / bin.From).ToString(CultureInfo.InvariantCulture)}",
        _ => double.IsFinite(bin.To) ? bin.From.ToString(CultureInfo.InvariantCulture) : $"{bin.From.ToString(CultureInfo.InvariantCulture)}+",
    };
}

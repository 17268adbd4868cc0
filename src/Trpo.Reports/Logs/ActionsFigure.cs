using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Charts;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The shares of the actions in the log and under the policy, those that moved most first.</summary>
internal static class ActionsFigure
{
    private const int MaxActions = 12;
    private const int MaxNameLength = 18;
    private const int RowHeight = 34;
    private const int Frame = 62;
    private const int Left = 140;
    private const double Half = 0.19;

    /// <summary>Returns the actions, those whose share changes most first.</summary>
    public static IEnumerable<LogAction> Moved(LogEvaluation evaluation) => evaluation.Actions.OrderByDescending(action => Math.Abs(action.PolicyShare - action.LogShare));

    /// <summary>Returns the figure as HTML.</summary>
    public static string Of(LogEvaluation evaluation)
    {
        LogAction[] actions = [.. Moved(evaluation).Take(MaxActions)];
        using var plot = new Plot();
        foreach (var (index, action) in actions.Index())
        {
            Add(-index + Half, action.LogShare, ChartColor.Orange);
            Add(-index - Half, action.PolicyShare, ChartColor.Blue);
        }

        plot.Axes.SetLimits(0, 1.05 * actions.Max(action => Math.Max(action.LogShare, action.PolicyShare)), -actions.Length + 0.4, 0.6);
        plot.Axes.Left.TickGenerator = new NumericManual([.. actions.Index().Select(action => -(double)action.Index)], [.. actions.Select(action => Shorten(action.Name))]);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { LabelFormatter = share => share.ToString("0.##%", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal), TargetTickCount = 6 };
        PlotSvg.SetStyle(plot);
        plot.Grid.YAxisStyle.IsVisible = false;
        return HtmlPage.Figure("actions", "Actions that moved", "action", """<ul class="legend"><li class="orange area">taken by the log</li><li class="blue area">taken by the policy</li></ul>""" + PlotSvg.Of(plot, "actions", "Shares of the actions in the log and under the policy", "share of the decisions", (actions.Length * RowHeight) + Frame, Left),
            actions.Length < evaluation.Actions.Count ? string.Create(CultureInfo.InvariantCulture, $"The {actions.Length} of {evaluation.Actions.Count} actions whose share changes most; the table has all.") : "The action whose share changes most comes first.");

        void Add(double position, double share, string color)
        {
            var bar = plot.Add.Bar(position, share);
            (bar.Color, bar.Horizontal) = (Color.FromHex(color), true);
            foreach (var drawn in bar.Bars)
                (drawn.Size, drawn.LineWidth) = (2 * Half, 0);
        }
    }

    private static string Shorten(string name) => name.Length <= MaxNameLength ? name : name[..(MaxNameLength - 1)] + "…";
}

using Trpo.Estimators;
using Trpo.Reports.History;

namespace Trpo.Reports.Charts;

/// <summary>The charts of a run, in the order in which they are shown.</summary>
internal static class RunCharts
{
    public static IReadOnlyList<Chart> Of(RunHistory history) =>
    [
        new("learning-curve", "Learning curve", "mean return",
            "Healthy: the mean of the last 100 episodes rises, and stays up. A curve that has not risen after a quarter of the run, or that falls back and stays down, is not.",
            [
                Line(history, TrpoMetric.Return, "episodes of an iteration", ChartColor.Blue),
                Line(history, TrpoMetric.ReturnOfLast100, "last 100 episodes", ChartColor.Orange, SeriesStyle.Thick),
            ]),
        new("episode-length", "Length of episodes", "steps",
            "Healthy: it goes where the task rewards it: up where staying alive pays, down where a goal is to be reached. At the time limit from first to last, no episode reaches its end.",
            [Line(history, TrpoMetric.EpisodeLength, "mean of an iteration", ChartColor.Purple)]) { From = 0 },
        new("policy-kl", "Size of the policy's steps", "KL(old || new), nats",
            "Healthy: most steps come close to the radius of the trust region and none passes it. Steps far below it waste the region; a 0 is an update that was rejected.",
            [
                Line(history, TrpoMetric.Kl, "step that was taken", ChartColor.Blue),
                new("radius of the trust region", ChartColor.Red, SeriesStyle.Dashed, history.Steps, [.. history[TrpoMetric.MaxKl].Select(radius => radius > 0 ? radius : double.NaN)]),
            ]) { From = 0 },
        new("explained-variance", "Explained variance", "share of the targets' variance",
            "Healthy: well above 0 after the first iterations, nearing 1. At 0 or below, the value function predicts no better than a constant. Values below -1 lie at the edge.",
            [Line(history, TrpoMetric.ExplainedVariance, "before the fit", ChartColor.Green)]) { From = 0, To = 1, Floor = -1 },
        new("entropy", "Entropy of the policy", "nats",
            "Healthy: falls slowly while returns rise. A fall to almost nothing while returns stand still is a policy that settled too early.",
            [Line(history, TrpoMetric.Entropy, "mean over states", ChartColor.Purple)]),
        new("step-fraction", "What the line search accepted", "share of the full step",
            "Healthy: mostly 1 or a half. Marks at 0 are updates that were rejected: now and then they are no harm, in long rows they are.",
            [
                Line(history, TrpoMetric.StepFraction, "share of the full step", ChartColor.Blue),
                Rejected(history),
            ]) { From = 0, To = 1 },
        new("line-search-trials", "Trials of the line search", "step lengths tried",
            "Healthy: one to three. Many trials mean that the full step is far too long: the curvature it was computed from does not hold.",
            [Line(history, TrpoMetric.LineSearchTrials, "trials of an update", ChartColor.Green)]) { From = 0 },
        new("improvement", "Improvement, expected and got", "surrogate objective",
            "Healthy: both of the same size, with somewhat less got than expected. Much less means that the step left the range in which the gradient holds. What is far above the rest lies at the edge.",
            [
                Line(history, TrpoMetric.ExpectedImprovement, "expected from the gradient", ChartColor.Blue),
                Line(history, TrpoMetric.Improvement, "got", ChartColor.Orange),
            ]) { From = 0, Ceiling = Usual(history[TrpoMetric.ExpectedImprovement]) },
        new("cg-residual", "Residual of conjugate gradients", "share of the gradient's norm",
            "Healthy: below about 0.3. Above it, the step's direction is not the natural gradient's: more steps of conjugate gradients, or more damping, help. Values above 2 lie at the edge.",
            [Line(history, TrpoMetric.ConjugateGradientResidual, "at the last step", ChartColor.Purple)]) { From = 0, Ceiling = 2 },
        new("time-shares", "Where the time went", "share of the time",
            "Healthy: no sudden change. The value function's fit runs beside the policy's update where there are two threads, so that the shares are of work, not of waiting.",
            TimeShares.Of(history)) { From = 0, To = 1 },
    ];

    private static ChartSeries Line(RunHistory history, TrpoMetric metric, string name, string color, SeriesStyle style = SeriesStyle.Thin) =>
        new(name, color, style, history.Steps, history[metric]);

    private static ChartSeries Rejected(RunHistory history) => new("rejected", ChartColor.Red, SeriesStyle.Marks, history.Steps,
        [.. history.Rows.Select(row => row.IsRejected ? 0 : double.NaN)]);

    /// <summary>Twice what all but a fiftieth of the values stay below, so that a spike leaves the rest to be seen.</summary>
    private static double Usual(double[] values)
    {
        double[] known = [.. values.Where(double.IsFinite).Order()];
        return known.Length == 0 || known[^1] <= 0 ? Chart.Greatest : Math.Clamp(2 * known[(int)(0.98 * (known.Length - 1))], 1e-9, Chart.Greatest);
    }
}

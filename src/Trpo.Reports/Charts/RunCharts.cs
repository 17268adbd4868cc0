using Trpo.Estimators;
using Trpo.Reports.Descriptions;
using Trpo.Reports.History;

namespace Trpo.Reports.Charts;

/// <summary>The charts of a run. Their captions name the healthy ranges of <see cref="TrpoMetric.Health"/>.</summary>
internal static class RunCharts
{
    /// <summary>Returns the charts, in the order in which they are shown.</summary>
    /// <param name="history">The iterations.</param>
    /// <param name="evaluations">The evaluations to draw as lines in the learning curve; null for none.</param>
    public static IReadOnlyList<Chart> Of(RunHistory history, IReadOnlyList<RunEvaluation>? evaluations = null) =>
    [
        new("learning-curve", "Learning curve", "mean return",
            "Healthy: the mean of the last 100 episodes rises, and stays up. Not healthy: no rise in the first quarter of the run, or a fall that lasts.",
            [
                Line(history, TrpoMetric.Return, "episodes of an iteration", ChartColor.Blue),
                Line(history, TrpoMetric.ReturnOfLast100, "last 100 episodes", ChartColor.Orange, SeriesStyle.Thick),
                .. Evaluations(history),
                .. (evaluations ?? []).Select(evaluation => Level(history, evaluation)),
            ]),
        new("episode-length", "Length of episodes", "steps",
            "Healthy: rises where staying alive is rewarded, falls where a goal is to be reached. If every episode ends at the time limit, none reaches its goal.",
            [Line(history, TrpoMetric.EpisodeLength, "mean of an iteration", ChartColor.Purple)]) { From = 0 },
        new("policy-kl", "Size of the policy's steps", "KL(old || new), nats",
            $"Healthy: {TrpoMetric.Kl.Health}, and no step beyond it. Steps far below the radius waste the region; a 0 is an update that was rejected.",
            [
                Line(history, TrpoMetric.Kl, "step that was taken", ChartColor.Blue),
                new("radius of the trust region", ChartColor.Red, SeriesStyle.Dashed, history.Steps, [.. history[TrpoMetric.MaxKl].Select(radius => radius > 0 ? radius : double.NaN)]),
            ]) { From = 0 },
        new("explained-variance", "Explained variance", "share of the targets' variance",
            $"Healthy: {TrpoMetric.ExplainedVariance.Health} after the first tenth of the run, unless returns stay at their best. At 0 or below, the value function predicts no better than a constant. Values below -1 are drawn at the edge.",
            [Line(history, TrpoMetric.ExplainedVariance, "before the fit", ChartColor.Green)]) { From = 0, To = 1, Floor = -1 },
        new("entropy", "Entropy of the policy", "nats",
            $"Healthy: falls slowly while returns rise, to {TrpoMetric.Entropy.Health}. A fall to almost nothing while returns stand still is a policy that settled too early.",
            [Line(history, TrpoMetric.Entropy, "mean over states", ChartColor.Purple)]),
        new("step-fraction", "What the line search accepted", "share of the full step",
            $"Healthy: {TrpoMetric.StepFraction.Health}. Marks at 0 are rejected updates: harmless now and then; in a row, worth a look {TrpoMetric.RejectedInARow.Health!.Levels}.",
            [
                Line(history, TrpoMetric.StepFraction, "share of the full step", ChartColor.Blue),
                Rejected(history),
            ]) { From = 0, To = 1 },
        new("line-search-trials", "Trials of the line search", "step lengths tried",
            $"Healthy: {TrpoMetric.LineSearchTrials.Health}. Many trials mean that the full step is far too long: the curvature that it was computed from does not hold.",
            [Line(history, TrpoMetric.LineSearchTrials, "trials of an update", ChartColor.Green)]) { From = 0 },
        new("improvement", "Improvement, expected and achieved", "surrogate objective",
            $"Healthy: {TrpoMetric.ImprovementRatio.Health} times the expected improvement. Much less means that the step left the range in which the gradient holds. Values far above the rest are drawn at the edge.",
            [
                Line(history, TrpoMetric.ExpectedImprovement, "expected from the gradient", ChartColor.Blue),
                Line(history, TrpoMetric.Improvement, "achieved", ChartColor.Orange),
            ]) { From = 0, Ceiling = Ceiling(history[TrpoMetric.ExpectedImprovement]) },
        new("cg-residual", "Residual of conjugate gradients", "share of the gradient's norm",
            $"Healthy: {TrpoMetric.ConjugateGradientResidual.Health}. Above it, the step's direction is not the natural gradient's: more steps of conjugate gradients, or more damping, help. Values above 2 are drawn at the edge.",
            [Line(history, TrpoMetric.ConjugateGradientResidual, "at the last step", ChartColor.Purple)]) { From = 0, Ceiling = 2 },
        new("time-shares", "Shares of the time", "share of the time",
            "Healthy: no sudden change. With two threads, the value function's fit runs beside the policy's update, so the shares are of work, not of waiting.",
            TimeShares.Of(history)) { From = 0, To = 1 },
    ];

    private static ChartSeries Line(RunHistory history, TrpoMetric metric, string name, string color, SeriesStyle style = SeriesStyle.Thin) =>
        new(name, color, style, history.Steps, history[metric]);

    private static IEnumerable<ChartSeries> Evaluations(RunHistory history) => history[TrpoMetric.EvaluationReturn].Any(double.IsFinite)
        ? [Line(history, TrpoMetric.EvaluationReturn, "evaluations of the deterministic policy", ChartColor.Green, SeriesStyle.Marks)]
        : [];

    private static ChartSeries Level(RunHistory history, RunEvaluation evaluation) => new(
        FormattableString.Invariant($"{evaluation.Policy}, mean of {evaluation.Episodes:N0} {(evaluation.Episodes == 1 ? "episode" : "episodes")}"),
        evaluation.Policy == RunEvaluation.Trained ? ChartColor.Green : evaluation.Policy == RunEvaluation.Random ? ChartColor.Purple : ChartColor.Red,
        SeriesStyle.Dashed, [0, history.Last.Steps], [evaluation.MeanReturn, evaluation.MeanReturn]);

    private static ChartSeries Rejected(RunHistory history) => new("rejected", ChartColor.Red, SeriesStyle.Marks, history.Steps,
        [.. history.Rows.Select(row => row.IsRejected ? 0 : double.NaN)]);

    // Twice the 98th percentile, so that a spike does not hide the rest.
    private static double Ceiling(double[] values)
    {
        double[] known = [.. values.Where(double.IsFinite).Order()];
        var bound = known.Length == 0 ? 0 : 2 * known[(int)(0.98 * (known.Length - 1))];
        return bound > 0 ? Math.Min(bound, Chart.MaxValue) : Chart.MaxValue;
    }
}

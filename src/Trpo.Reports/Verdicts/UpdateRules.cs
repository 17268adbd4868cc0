using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The verdicts on the policy's updates.</summary>
internal static class UpdateRules
{
    private const double WarnRejectedShare = 0.25;
    private const double BadRejectedShare = 0.5;
    private const double BadShareOutside = 0.1;

    // Neither more damping nor less gives such a policy anything to learn.
    private const string Deterministic = "The policy is deterministic, so that its steps change next to nothing: see Entropy.";

    /// <summary>Judges the KL divergence of the steps, as a share of the trust region's radius.</summary>
    public static Verdict Kl(RunHistory history)
    {
        var health = TrpoMetric.Kl.Health!;

        // An infinite divergence is a measurement, other than NaN.
        double[] shares = [.. history[TrpoMetric.Kl].Zip(history[TrpoMetric.MaxKl], (kl, radius) => radius > 0 && kl > 0 ? kl / radius : double.NaN).Where(share => !double.IsNaN(share))];
        if (shares.Length == 0)
            return Verdict.Create(VerdictGrade.Unknown, $"No step was taken in a trust region.");
        var outside = shares.Count(share => share > health.WarnOutside.Max);
        var max = shares.Max();
        var median = SampleStatistics.Median(SampleStatistics.Recent(shares));
        if (outside > BadShareOutside * shares.Length || health.IsBad(max))
            return Verdict.Create(VerdictGrade.Bad, $"{outside:N0} of {shares.Length:N0} steps left the trust region, by up to {max:G3} times its radius.", "The optimizer does not keep to the trust region: take shorter steps, or check the KL divergence after the step.");
        if (outside > 0)
            return Verdict.Create(VerdictGrade.Warning, $"{outside:N0} of {shares.Length:N0} steps left the trust region, by up to {max:G3} times its radius.", "An optimizer that checks the KL divergence after the step never leaves the region.");
        return health.NeedsAttention(median)
            ? Verdict.Create(VerdictGrade.Warning, $"Recent steps used {100 * median:G3}% of the trust region's radius.", LearningRules.IsDeterministic(history) ? Deterministic : "Something other than the region limits the steps: try less damping, or look at the line search.")
            : Verdict.Create(VerdictGrade.Good, $"No step left the trust region; recent ones used {100 * median:G3}% of its radius.");
    }

    /// <summary>Judges the number of rejected updates.</summary>
    public static Verdict Rejected(RunHistory history)
    {
        var health = TrpoMetric.RejectedInARow.Health!;
        var recent = SampleStatistics.Recent(history.Rows);
        var share = (double)recent.Count(row => row.IsRejected) / recent.Length;
        var inARow = MaxRejectedInARow(history);
        var notFinite = history.Rows.Count(row => row.Outcome is TrustRegionOutcome.NonFinite or TrustRegionOutcome.NonFiniteGradient or TrustRegionOutcome.NotPositiveDefinite);
        var finding = FormattableString.Invariant($"{100 * share:G3}% of recent updates were rejected, at most {inARow:N0} in a row in the whole run{(notFinite > 0 ? FormattableString.Invariant($"; {notFinite:N0} because numbers were not finite, or the divergence did not curve upwards") : "")}.");
        var advice = notFinite == 0 && LearningRules.IsDeterministic(history) ? Deterministic : "Try more damping, larger iterations or a smaller trust region. Where numbers are not finite, check the rewards and the scale of the observations.";
        return share > BadRejectedShare || health.IsBad(inARow) ? Verdict.Create(VerdictGrade.Bad, $"{finding}", advice)
            : share > WarnRejectedShare || health.NeedsAttention(inARow) || notFinite > 0 ? Verdict.Create(VerdictGrade.Warning, $"{finding}", advice)
            : Verdict.Create(VerdictGrade.Good, $"{finding}");
    }

    /// <summary>Judges the share of the full step that the line search accepted.</summary>
    public static Verdict LineSearch(RunHistory history)
    {
        var health = TrpoMetric.StepFraction.Health!;
        var accepted = Accepted(history, TrpoMetric.StepFraction);
        if (accepted.Length == 0)
            return Verdict.Create(VerdictGrade.Bad, $"The line search accepted no step in the whole run.", "Try more damping, larger iterations or a smaller trust region.");
        var median = SampleStatistics.Median(SampleStatistics.Recent(accepted));
        var advice = LearningRules.IsDeterministic(history) ? Deterministic : "The full step is too long for the curvature that it was computed from: try more damping, a larger FisherFraction or larger iterations.";
        return health.IsBad(median) ? Verdict.Create(VerdictGrade.Bad, $"Recent steps were cut to {100 * median:G2}% of the full one.", advice)
            : health.NeedsAttention(median) ? Verdict.Create(VerdictGrade.Warning, $"Recent steps were cut to {100 * median:G3}% of the full one.", advice)
            : Verdict.Create(VerdictGrade.Good, $"Recent steps were {100 * median:G3}% of the full one.");
    }

    /// <summary>Judges the surrogate objective's improvement, as a share of what the gradient promised.</summary>
    public static Verdict Improvement(RunHistory history)
    {
        var health = TrpoMetric.ImprovementRatio.Health!;
        var ratios = Accepted(history, TrpoMetric.ImprovementRatio);
        if (ratios.Length == 0)
            return Verdict.Create(VerdictGrade.Unknown, $"No step was accepted.");
        var median = SampleStatistics.Median(SampleStatistics.Recent(ratios));
        const string Advice = "The gradient does not hold over the whole step: try a smaller trust region.";
        return health.IsBad(median) ? Verdict.Create(VerdictGrade.Bad, $"Recent steps brought {median:G3} of the improvement expected: they made the policy worse.", Advice)
            : health.NeedsAttention(median) ? Verdict.Create(VerdictGrade.Warning, $"Recent steps brought {median:G3} of the improvement expected.", Advice)
            : Verdict.Create(VerdictGrade.Good, $"Recent steps brought {median:G3} of the improvement expected.");
    }

    /// <summary>Judges the residual of the step's direction.</summary>
    public static Verdict ConjugateGradients(RunHistory history)
    {
        var health = TrpoMetric.ConjugateGradientResidual.Health!;
        var residuals = SampleStatistics.Finite(history[TrpoMetric.ConjugateGradientResidual]);
        if (residuals.Length == 0)
            return Verdict.Create(VerdictGrade.Unknown, $"No direction was solved for.");
        var median = SampleStatistics.Median(SampleStatistics.Recent(residuals));
        const string Advice = "Try more ConjugateGradientSteps, or more damping.";
        return health.IsBad(median) ? Verdict.Create(VerdictGrade.Bad, $"The residual is {median:G3} times the gradient: the direction is not the natural gradient's.", Advice)
            : health.NeedsAttention(median) ? Verdict.Create(VerdictGrade.Warning, $"The residual is {100 * median:G3}% of the gradient.", Advice)
            : Verdict.Create(VerdictGrade.Good, $"The residual is {100 * median:G3}% of the gradient.");
    }

    private static double[] Accepted(RunHistory history, TrpoMetric metric) =>
        SampleStatistics.Finite(history[metric].Zip(history.Rows, (value, row) => row.Outcome == TrustRegionOutcome.Accepted ? value : double.NaN));

    // As TrpoIteration.RejectedInARow counts: a gradient of zero is no rejection, and ends no row.
    private static int MaxRejectedInARow(RunHistory history)
    {
        var (max, current) = (0, 0);
        foreach (var row in history.Rows)
        {
            current = row.IsRejected ? current + 1 : row.Outcome == TrustRegionOutcome.Accepted ? 0 : current;
            max = Math.Max(max, current);
        }

        return max;
    }
}

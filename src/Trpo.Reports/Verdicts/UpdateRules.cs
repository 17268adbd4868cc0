using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The signs of health of the policy's updates.</summary>
internal static class UpdateRules
{
    // Float32 sums of many states differ from one way of summing to another.
    private const double Tolerance = 1.02;

    /// <summary>How far the steps went, as shares of the trust region's radius.</summary>
    public static Verdict Kl(RunHistory history)
    {
        // An infinite divergence is one that was measured.
        double[] shares = [.. history[TrpoMetric.Kl].Zip(history[TrpoMetric.MaxKl], (kl, radius) => radius > 0 && kl > 0 ? kl / radius : double.NaN).Where(share => !double.IsNaN(share))];
        if (shares.Length == 0)
            return Judgement.Say(VerdictGrade.Unknown, $"No step was taken in a trust region.");
        var beyond = shares.Count(share => share > Tolerance);
        var greatest = shares.Max();
        var median = Sample.Median(Sample.Recent(shares));
        if (beyond > 0.1 * shares.Length || greatest > 10)
            return Judgement.Say(VerdictGrade.Bad, $"{beyond:N0} of {shares.Length:N0} steps left the trust region, by up to {greatest:G3} times its radius.", "The optimizer does not keep to the trust region: take shorter steps, or check its KL divergence after the step.");
        if (beyond > 0)
            return Judgement.Say(VerdictGrade.Look, $"{beyond:N0} of {shares.Length:N0} steps left the trust region, by up to {greatest:G3} times its radius.", "An optimizer that checks the KL divergence after the step leaves it never.");
        return median < 0.05
            ? Judgement.Say(VerdictGrade.Look, $"Recent steps used {100 * median:F1}% of the trust region's radius.", "Something else than the region limits the steps: try less damping, or look at the line search.")
            : Judgement.Say(VerdictGrade.Good, $"No step left the trust region; recent ones used {100 * median:F0}% of its radius.");
    }

    /// <summary>How many updates did nothing.</summary>
    public static Verdict Rejected(RunHistory history)
    {
        var recent = Sample.Recent(history.Rows);
        var share = (double)recent.Count(row => row.IsRejected) / recent.Length;
        var inARow = LongestRow(history);
        var notFinite = history.Rows.Count(row => row.Outcome is TrustRegionOutcome.NonFinite or TrustRegionOutcome.NonFiniteGradient or TrustRegionOutcome.NotPositiveDefinite);
        var finding = FormattableString.Invariant($"{100 * share:F0}% of recent updates were rejected, at most {inARow:N0} in a row in the whole run{(notFinite > 0 ? FormattableString.Invariant($"; {notFinite:N0} because their numbers were not finite, or the divergence did not curve upwards") : "")}.");
        const string Advice = "Try more damping, larger iterations or a smaller trust region. Where numbers are not finite, check the rewards and the scale of the observations.";
        return share > 0.5 || inARow >= 25 ? Judgement.Say(VerdictGrade.Bad, $"{finding}", Advice)
            : share > 0.25 || inARow >= 10 || notFinite > 0 ? Judgement.Say(VerdictGrade.Look, $"{finding}", Advice)
            : Judgement.Say(VerdictGrade.Good, $"{finding}");
    }

    /// <summary>How much of the full step was taken.</summary>
    public static Verdict LineSearch(RunHistory history)
    {
        var accepted = Accepted(history, TrpoMetric.StepFraction);
        if (accepted.Length == 0)
            return Judgement.Say(VerdictGrade.Bad, $"The line search accepted nothing in the whole run.", "Try more damping, larger iterations or a smaller trust region.");
        var median = Sample.Median(Sample.Recent(accepted));
        const string Advice = "The full step is too long for the curvature that it was computed from: try more damping, a larger FisherFraction or larger iterations.";
        return median < 0.02 ? Judgement.Say(VerdictGrade.Bad, $"Recent steps were cut to {100 * median:G2}% of the full one.", Advice)
            : median < 0.25 ? Judgement.Say(VerdictGrade.Look, $"Recent steps were cut to {100 * median:F0}% of the full one.", Advice)
            : Judgement.Say(VerdictGrade.Good, $"Recent steps were {100 * median:F0}% of the full one.");
    }

    /// <summary>Whether the surrogate improved as the gradient promised.</summary>
    public static Verdict Improvement(RunHistory history)
    {
        var ratios = Accepted(history, TrpoMetric.ImprovementRatio);
        if (ratios.Length == 0)
            return Judgement.Say(VerdictGrade.Unknown, $"No step was accepted.");
        var median = Sample.Median(Sample.Recent(ratios));
        const string Advice = "The gradient does not hold over the whole step: try a smaller trust region.";
        return median <= 0 ? Judgement.Say(VerdictGrade.Bad, $"Recent steps brought {median:F2} of the improvement expected: they made the policy worse.", Advice)
            : median is < 0.4 or > 2 ? Judgement.Say(VerdictGrade.Look, $"Recent steps brought {median:F2} of the improvement expected.", Advice)
            : Judgement.Say(VerdictGrade.Good, $"Recent steps brought {median:F2} of the improvement expected.");
    }

    /// <summary>How well the step's direction was solved for.</summary>
    public static Verdict ConjugateGradients(RunHistory history)
    {
        var residuals = Sample.Known(history[TrpoMetric.ConjugateGradientResidual]);
        if (residuals.Length == 0)
            return Judgement.Say(VerdictGrade.Unknown, $"No direction was solved for.");
        var median = Sample.Median(Sample.Recent(residuals));
        const string Advice = "Try more ConjugateGradientSteps, or more damping.";
        return median >= 2 ? Judgement.Say(VerdictGrade.Bad, $"The residual is {median:G3} times the gradient: the direction is not the natural gradient's.", Advice)
            : median > 0.4 ? Judgement.Say(VerdictGrade.Look, $"The residual is {100 * median:F0}% of the gradient.", Advice)
            : Judgement.Say(VerdictGrade.Good, $"The residual is {100 * median:F1}% of the gradient.");
    }

    private static double[] Accepted(RunHistory history, TrpoMetric metric) =>
        Sample.Known(history[metric].Zip(history.Rows, (value, row) => row.Outcome == TrustRegionOutcome.Accepted ? value : double.NaN));

    // A gradient of zero is no rejection and ends no row, as in RejectedInARow.
    private static int LongestRow(RunHistory history)
    {
        var (longest, current) = (0, 0);
        foreach (var row in history.Rows)
        {
            current = row.IsRejected ? current + 1 : row.Outcome == TrustRegionOutcome.Accepted ? 0 : current;
            longest = Math.Max(longest, current);
        }

        return longest;
    }
}

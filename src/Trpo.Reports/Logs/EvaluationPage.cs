using System.Globalization;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports.Html;

namespace Trpo.Reports.Logs;

/// <summary>The report of an evaluation from a log.</summary>
internal static class EvaluationPage
{
    private const string TooLarge = "too large for numbers";

    /// <summary>Returns the page as HTML.</summary>
    public static string Of(LogEvaluation evaluation, string title) => HtmlPage.Of($"{title}: evaluation from a log", $"""
        {HtmlPage.Head(title, "Estimated from a log of another policy's decisions", BadgeOf(evaluation), ClassOf(evaluation))}
        {HtmlPage.Numbers(Numbers(evaluation))}
        <section aria-labelledby="verdict">
        <h2 id="verdict">Verdict</h2>
        <ul class="verdicts">
        {string.Concat(Findings(evaluation))}</ul>
        </section>
        <section aria-labelledby="charts">
        <h2 id="charts">Charts</h2>
        <div class="charts">
        {EstimatesFigure.Of(evaluation)}{ActionsFigure.Of(evaluation)}{OverlapFigure.Of(evaluation)}{CalibrationFigure.Of(evaluation)}</div>
        </section>
        <section aria-labelledby="tables">
        <h2 id="tables">Numbers</h2>
        {Markup.WideTable(["estimator", "estimate", "standard error", "interval"], evaluation.Estimates.Select(EstimateRow))}
        {Markup.WideTable(["baseline", "estimate", "standard error", "gain over it", "standard error of the gain", "verdict", $"effective {WhatOf(evaluation)}"], evaluation.Baselines.Select(BaselineRow))}
        {Markup.WideTable(["action", "share in the log", "share under the policy", "mean logged reward"], ActionsFigure.Moved(evaluation).Select(ActionRow))}
        </section>
        <footer>Made by Trpo.Reports. No number here shows whether the policy was trained or chosen on these {WhatOf(evaluation)}: on them, "better" is wrong in half of the cases without a difference, and in more.</footer>
        """);

    private static string BadgeOf(LogEvaluation evaluation) => !evaluation.IsTrustworthy ? "Not to be trusted" : evaluation.Gain.Verdict switch
    {
        LogVerdict.Better => "Better than the log",
        LogVerdict.Worse => "Worse than the log",
        _ => "Undecided",
    };

    private static string ClassOf(LogEvaluation evaluation) => !evaluation.IsTrustworthy ? "look" : evaluation.Gain.Verdict switch
    {
        LogVerdict.Better => "good",
        LogVerdict.Worse => "bad",
        _ => "unknown",
    };

    private static IEnumerable<(string Name, string Value)> Numbers(LogEvaluation evaluation) =>
    [
        ($"{EstimatesFigure.UnitOf(evaluation)}, by {evaluation.DoublyRobust.Estimator}", ValueText(evaluation.DoublyRobust.Value)),
        ($"{EstimatesFigure.UnitOf(evaluation)} of the log", ValueText(evaluation.Baselines.Single(baseline => baseline.Kind == LogBaselineKind.Log).Value)),
        ("rows", NumberText.Count(evaluation.Rows)),
        .. evaluation.Episodes is { } episodes ? [("episodes", NumberText.Count(episodes))] : Array.Empty<(string, string)>(),
        ($"effective {WhatOf(evaluation)}", NumberText.Measured(evaluation.EffectiveSampleSize)),
        ($"effective {WhatOf(evaluation)} with a {(evaluation.Episodes is null ? "reward" : "return")}", NumberText.Measured(evaluation.RewardedMatches)),
        ("largest weight", ValueText(evaluation.MaxWeight)),
    ];

    private static IEnumerable<string> Findings(LogEvaluation evaluation)
    {
        var gain = evaluation.Gain;
        yield return Item(ClassOf(evaluation), "Gain over the log", $"{gain.Verdict}",
            $"{WithError(gain.DoublyRobust, gain.DoublyRobustError)} by {evaluation.DoublyRobust.Estimator}, {WithError(gain.SelfNormalized, gain.SelfNormalizedError)} by {evaluation.SelfNormalized.Estimator}, at a level of {(100 * gain.Level).ToString("G6", CultureInfo.InvariantCulture)} %.");
        yield return evaluation.Doubt is { } doubt
            ? Item("look", "Trust", "Not to be trusted", char.ToUpperInvariant(doubt[0]) + doubt[1..] + ".")
            : Item("good", "Trust", "Trustworthy", $"Enough {WhatOf(evaluation)} stand behind the estimates for their intervals to keep the level, if the {WhatOf(evaluation)} are fresh and the probabilities are those with which actions were drawn.");
        var strongest = evaluation.Baselines.Where(baseline => double.IsFinite(baseline.Gain)).MinBy(baseline => baseline.Gain);
        if (strongest is not null)
        {
            var (grade, word) = evaluation.Baselines.All(baseline => baseline.Verdict == LogVerdict.Better) ? ("good", "Above all")
                : evaluation.Baselines.Any(baseline => baseline.Verdict == LogVerdict.Worse) ? ("look", "Not above all") : ("unknown", "Undecided");
            yield return Item(grade, "Baselines", word, $"The strongest baseline is {EstimatesFigure.NameOf(strongest.Kind)}: the gain over it is {WithError(strongest.Gain, strongest.GainError)} by {evaluation.DoublyRobust.Estimator}.");
        }
    }

    private static string WhatOf(LogEvaluation evaluation) => evaluation.Episodes is null ? "rows" : "episodes";

    private static string Item(string grade, string subject, string word, string text) =>
        $"<li class=\"{grade}\">\n<div class=\"head\"><h3>{Markup.Encode(subject)}</h3><span class=\"grade\">{Markup.Encode(word)}</span></div>\n<p>{Markup.Encode(text)}</p>\n</li>\n";

    private static string WithError(double value, double error) => double.IsFinite(value) ? $"{NumberText.Measured(value)} ± {ErrorText(error)}" : ValueText(value);

    // A dash does not say why there is no number.
    private static string ValueText(double value) => double.IsNaN(value) ? "no estimate" : double.IsInfinity(value) ? TooLarge : NumberText.Measured(value);

    private static string ErrorText(double error) => double.IsNaN(error) ? "not known" : double.IsInfinity(error) ? TooLarge : NumberText.Measured(error);

    private static string EstimateRow(LogEstimate estimate) => Markup.WideRow([$"{estimate.Estimator}", ValueText(estimate.Value), ErrorText(estimate.StandardError),
        estimate.Interval is { } interval ? $"{NumberText.Measured(interval.Low)} to {NumberText.Measured(interval.High)}" : $"none: {estimate.NoIntervalReason}"]);

    private static string BaselineRow(LogBaseline baseline) => Markup.WideRow([EstimatesFigure.NameOf(baseline.Kind), ValueText(baseline.Value), ErrorText(baseline.StandardError),
        ValueText(baseline.Gain), ErrorText(baseline.GainError), $"{baseline.Verdict}", NumberText.Measured(baseline.EffectiveSampleSize)]);

    private static string ActionRow(LogAction action) => Markup.WideRow([action.Name, Percent(action.LogShare), Percent(action.PolicyShare), action.LogShare == 0 ? "never taken" : ValueText(action.MeanReward)]);

    private static string Percent(double share) => (100 * share).ToString("0.0#", CultureInfo.InvariantCulture) + " %";
}

using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The signs of health of a run. They are cautious: what is harmless on some tasks is worth a look, and only what helps nowhere is bad.</summary>
internal static class Judgement
{
    /// <summary>Below this number of iterations nothing is said.</summary>
    public const int FewestIterations = 10;

    private static readonly (string Subject, string Chart, Func<RunHistory, Verdict> Rule)[] Rules =
    [
        ("Learning", "learning-curve", LearningRules.Learning),
        ("Policy steps", "policy-kl", UpdateRules.Kl),
        ("Rejected updates", "step-fraction", UpdateRules.Rejected),
        ("Line search", "step-fraction", UpdateRules.LineSearch),
        ("Improvement", "improvement", UpdateRules.Improvement),
        ("Conjugate gradients", "cg-residual", UpdateRules.ConjugateGradients),
        ("Value function", "explained-variance", LearningRules.ExplainedVariance),
        ("Entropy", "entropy", LearningRules.Entropy),
        ("Recoveries", "learning-curve", LearningRules.Recoveries),
    ];

    public static IReadOnlyList<Verdict> Of(RunHistory history) => history.Rows.Count < FewestIterations
        ? [.. Rules.Select(rule => new Verdict(rule.Subject, VerdictGrade.Unknown, $"Too early to say: fewer than {FewestIterations} iterations.", null, rule.Chart))]
        : [.. Rules.Select(rule => rule.Rule(history) with { Subject = rule.Subject, Chart = rule.Chart })];

    /// <summary>A verdict that takes its subject and chart from the rule that it belongs to.</summary>
    public static Verdict Say(VerdictGrade grade, FormattableString finding, string? advice = null) => new("", grade, FormattableString.Invariant(finding), advice, "");
}

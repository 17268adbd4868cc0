using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The verdicts on a run's health. They are cautious: only measurements that are harmless on no task are bad. The levels are those of <see cref="Trpo.Estimators.TrpoMetric.Health"/>.</summary>
internal static class RunVerdicts
{
    /// <summary>The number of iterations below which every verdict is <see cref="VerdictGrade.Unknown"/>.</summary>
    public const int MinIterations = 10;

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
        ("Rollbacks", "learning-curve", LearningRules.Rollbacks),
        ("Restarts", "learning-curve", LearningRules.Restarts),
    ];

    /// <summary>Returns a verdict on each sign, in the order in which the report shows them.</summary>
    public static IReadOnlyList<Verdict> Of(RunHistory history) => history.Rows.Count < MinIterations
        ? [.. Rules.Select(rule => new Verdict(rule.Subject, VerdictGrade.Unknown, $"Too early to say: fewer than {MinIterations} iterations.", null, rule.Chart))]
        : [.. Rules.Select(rule => rule.Rule(history) with { Subject = rule.Subject, Chart = rule.Chart })];
}

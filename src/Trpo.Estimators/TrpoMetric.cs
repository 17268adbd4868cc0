using Trpo.Estimators.Optimization;

namespace Trpo.Estimators;

/// <summary>
/// A number that is kept of every iteration, in logs, meters and reports alike. docs/metrics.md says of each what is healthy, and what to try where it is not.
/// </summary>
/// <param name="Name">The name, in OpenTelemetry's manner: <c>trpo.policy.kl</c>.</param>
/// <param name="Unit">The unit, in the notation of UCUM: <c>s</c>, <c>{step}</c>; <c>1</c> where there is none.</param>
/// <param name="Description">What it is, in a sentence.</param>
/// <param name="Value">Takes it from an iteration; NaN where there is none.</param>
public sealed record TrpoMetric(string Name, string Unit, string Description, Func<TrpoIteration, double> Value)
{
    private const string Prefix = "trpo.";

    /// <summary>The mean return of the episodes that ended in the iteration.</summary>
    public static TrpoMetric Return { get; } = new("trpo.episode.return", "1", "Mean return of the episodes that ended in the iteration.", iteration => iteration.MeanReturn);

    /// <summary>The mean return of the last 100 episodes.</summary>
    public static TrpoMetric ReturnOfLast100 { get; } = new("trpo.episode.return_last_100", "1", "Mean return of the last 100 episodes.", iteration => iteration.MeanReturnOfLast100);

    /// <summary>The mean length of the episodes that ended in the iteration.</summary>
    public static TrpoMetric EpisodeLength { get; } = new("trpo.episode.length", "{step}", "Mean length of the episodes that ended in the iteration.", iteration => iteration.MeanEpisodeLength);

    /// <summary>The number of episodes that ended in the iteration.</summary>
    public static TrpoMetric Episodes { get; } = new("trpo.episode.count", "{episode}", "Episodes that ended in the iteration.", iteration => iteration.Episodes);

    /// <summary>The KL divergence of the step that was taken.</summary>
    public static TrpoMetric Kl { get; } = new("trpo.policy.kl", "nat", "Mean KL(old || new) of the step that was taken; 0 where none was.", iteration => iteration.Update.MeanKl);

    /// <summary>The radius of the trust region.</summary>
    public static TrpoMetric MaxKl { get; } = new("trpo.policy.max_kl", "nat", "Radius of the trust region, delta.", iteration => iteration.MaxKl);

    /// <summary>The entropy of the policy.</summary>
    public static TrpoMetric Entropy { get; } = new("trpo.policy.entropy", "nat", "Mean entropy of the policy before the update.", iteration => iteration.Entropy);

    /// <summary>The share of the full step that the line search accepted.</summary>
    public static TrpoMetric StepFraction { get; } = new("trpo.policy.step_fraction", "1", "Share of the full step that the line search accepted; 0 where it accepted none.", iteration => iteration.Update.StepFraction);

    /// <summary>The number of step lengths that the line search tried.</summary>
    public static TrpoMetric LineSearchTrials { get; } = new("trpo.policy.line_search_trials", "{trial}", "Step lengths that the line search tried.", iteration => iteration.Update.Trials);

    /// <summary>By how much the surrogate objective improved.</summary>
    public static TrpoMetric Improvement { get; } = new("trpo.policy.improvement", "1", "Improvement of the surrogate objective.", iteration => iteration.Update.Improvement);

    /// <summary>By how much the gradient promised that it would improve.</summary>
    public static TrpoMetric ExpectedImprovement { get; } = new("trpo.policy.expected_improvement", "1", "Improvement that the gradient promised for the step that was taken.", iteration => iteration.Update.ExpectedImprovement);

    /// <summary>The share of the promised improvement that came.</summary>
    public static TrpoMetric ImprovementRatio { get; } = new("trpo.policy.improvement_ratio", "1", "Improvement of the surrogate objective, as a share of what the gradient promised.", RatioOf);

    /// <summary>The norm of the gradient.</summary>
    public static TrpoMetric GradientNorm { get; } = new("trpo.policy.gradient_norm", "1", "Euclidean norm of the surrogate objective's gradient.", iteration => iteration.Update.GradientNorm);

    /// <summary>The residual that conjugate gradients left.</summary>
    public static TrpoMetric ConjugateGradientResidual { get; } = new("trpo.policy.cg_residual", "1", "Norm of the residual that conjugate gradients left, as a share of the gradient's.", ResidualOf);

    /// <summary>The number of conjugate-gradient steps.</summary>
    public static TrpoMetric ConjugateGradientSteps { get; } = new("trpo.policy.cg_steps", "{step}", "Steps of conjugate gradients.", iteration => iteration.Update.ConjugateGradient?.Steps ?? double.NaN);

    /// <summary>The number of updates in a row that were rejected.</summary>
    public static TrpoMetric RejectedInARow { get; } = new("trpo.policy.rejected_in_a_row", "{update}", "Updates in a row, up to this one, that were rejected.", iteration => iteration.RejectedInARow);

    /// <summary>How much of the targets' variance the value function explained.</summary>
    public static TrpoMetric ExplainedVariance { get; } = new("trpo.value.explained_variance", "1", "Share of the value targets' variance that the value function explained before its fit.", iteration => iteration.ExplainedVariance);

    /// <summary>The value function's error.</summary>
    public static TrpoMetric ValueLoss { get; } = new("trpo.value.loss", "1", "Mean squared error of the value function after its fit.", iteration => iteration.ValueLoss);

    /// <summary>The time of the rollout.</summary>
    public static TrpoMetric RolloutTime { get; } = new("trpo.time.rollout", "s", "Time of acting in the environments.", iteration => iteration.Times.Rollout.TotalSeconds);

    /// <summary>The time of the advantages.</summary>
    public static TrpoMetric AdvantagesTime { get; } = new("trpo.time.advantages", "s", "Time of valuing observations and estimating advantages.", iteration => iteration.Times.Advantages.TotalSeconds);

    /// <summary>The time of the policy's update.</summary>
    public static TrpoMetric PolicyUpdateTime { get; } = new("trpo.time.policy_update", "s", "Time of the policy's update.", iteration => iteration.Times.PolicyUpdate.TotalSeconds);

    /// <summary>The time of the value function's fit.</summary>
    public static TrpoMetric ValueFitTime { get; } = new("trpo.time.value_fit", "s", "Time of the value function's fit, beside the policy's update where there are two threads.", iteration => iteration.Times.ValueFit.TotalSeconds);

    /// <summary>The average speed.</summary>
    public static TrpoMetric StepsPerSecond { get; } = new("trpo.steps_per_second", "{step}/s", "Environment steps per second since training began.", iteration => iteration.StepsPerSecond);

    /// <summary>How often training went back.</summary>
    public static TrpoMetric Recoveries { get; } = new("trpo.recoveries", "{recovery}", "Times that training went back to an earlier state.", iteration => iteration.Recoveries);

    /// <summary>All of them, in the order in which they are written and shown.</summary>
    public static IReadOnlyList<TrpoMetric> All { get; } =
    [
        Return, ReturnOfLast100, EpisodeLength, Episodes,
        Kl, MaxKl, Entropy, StepFraction, LineSearchTrials, Improvement, ExpectedImprovement, ImprovementRatio,
        GradientNorm, ConjugateGradientResidual, ConjugateGradientSteps, RejectedInARow,
        ExplainedVariance, ValueLoss,
        RolloutTime, AdvantagesTime, PolicyUpdateTime, ValueFitTime, StepsPerSecond, Recoveries,
    ];

    /// <summary>The name as a column of a table: <c>policy_kl</c>.</summary>
    public string Column => Name[Prefix.Length..].Replace('.', '_');

    /// <summary>The name as a path: <c>policy/kl</c>.</summary>
    public string Tag => Name[Prefix.Length..].Replace('.', '/');

    private static double RatioOf(TrpoIteration iteration) =>
        iteration.Update.Outcome == TrustRegionOutcome.Accepted ? iteration.Update.Improvement / iteration.Update.ExpectedImprovement : double.NaN;

    private static double ResidualOf(TrpoIteration iteration) =>
        iteration.Update.ConjugateGradient is { } solved ? Math.Sqrt(solved.SquaredResidual) / iteration.Update.GradientNorm : double.NaN;
}

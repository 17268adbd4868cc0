using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators;

/// <summary>A number that logs, meters and reports show of every iteration. docs/metrics.md describes each metric, its healthy range, and what to try outside of it.</summary>
/// <param name="Name">The name, in OpenTelemetry's manner: <c>trpo.policy.kl</c>.</param>
/// <param name="Unit">The unit, in the notation of UCUM: <c>s</c>, <c>{step}</c>; <c>1</c> for numbers without a unit.</param>
/// <param name="Description">The description, a sentence.</param>
/// <param name="Value">A function that takes the number from an iteration; NaN where the iteration has none.</param>
public sealed record TrpoMetric(string Name, string Unit, string Description, Func<TrpoIteration, double> Value)
{
    private const string Prefix = "trpo.";

    // The monitor that ends a training and the report that calls it bad must not disagree.
    private static readonly HealthOptions Ending = new();

    /// <summary>Gets the mean return of the episodes that ended in the iteration.</summary>
    public static TrpoMetric Return { get; } = new("trpo.episode.return", "1", "Mean return of the episodes that ended in the iteration.", iteration => iteration.MeanReturn);

    /// <summary>Gets the mean return of the last 100 episodes.</summary>
    public static TrpoMetric ReturnOfLast100 { get; } = new("trpo.episode.return_last_100", "1", "Mean return of the last 100 episodes.", iteration => iteration.MeanReturnOfLast100);

    /// <summary>Gets the mean length of the episodes that ended in the iteration.</summary>
    public static TrpoMetric EpisodeLength { get; } = new("trpo.episode.length", "{step}", "Mean length of the episodes that ended in the iteration.", iteration => iteration.MeanEpisodeLength);

    /// <summary>Gets the number of episodes that ended in the iteration.</summary>
    public static TrpoMetric Episodes { get; } = new("trpo.episode.count", "{episode}", "Episodes that ended in the iteration.", iteration => iteration.Episodes);

    /// <summary>Gets the mean return of the evaluation after the iteration.</summary>
    public static TrpoMetric EvaluationReturn { get; } = new("trpo.evaluation.return", "1", "Mean return of the deterministic policy in the evaluation after the iteration.", iteration => iteration.Evaluation?.MeanReturn ?? double.NaN);

    /// <summary>Gets the KL divergence of the step that was taken.</summary>
    public static TrpoMetric Kl { get; } = new("trpo.policy.kl", "nat", "Mean KL(old || new) of the step that was taken; 0 where none was.", iteration => iteration.Update.MeanKl)
    {
        // Sums of many float32 numbers depend on their order, by up to 2 %.
        Health = new(new(0.25, 0.95)) { Quantity = "share of the trust region's radius", WarnOutside = new(0.05, 1.02), BadAtOrAbove = 10 },
    };

    /// <summary>Gets the radius of the trust region.</summary>
    public static TrpoMetric MaxKl { get; } = new("trpo.policy.max_kl", "nat", "Radius of the trust region, delta.", iteration => iteration.MaxKl) { Health = new(new(0.001, 0.02)) };

    /// <summary>Gets the mean entropy of the policy.</summary>
    public static TrpoMetric Entropy { get; } = new("trpo.policy.entropy", "nat", "Mean entropy of the policy before the update.", iteration => iteration.Entropy)
    {
        Health = new(MetricRange.AtLeast(0.04)) { Quantity = "share of the first entropy; of the first standard deviation where actions are continuous", BadAtOrBelow = Ending.EntropyCollapse },
    };

    /// <summary>Gets the share of the full step that the line search accepted.</summary>
    public static TrpoMetric StepFraction { get; } = new("trpo.policy.step_fraction", "1", "Share of the full step that the line search accepted; 0 where it accepted none.", iteration => iteration.Update.StepFraction)
    {
        Health = new(new(0.5, 1)) { WarnOutside = MetricRange.AtLeast(0.25), BadAtOrBelow = 0.02 },
    };

    /// <summary>Gets the number of step lengths that the line search tried.</summary>
    public static TrpoMetric LineSearchTrials { get; } = new("trpo.policy.line_search_trials", "{trial}", "Step lengths that the line search tried.", iteration => iteration.Update.Trials) { Health = new(new(1, 2)) };

    /// <summary>Gets the improvement of the surrogate objective.</summary>
    public static TrpoMetric Improvement { get; } = new("trpo.policy.improvement", "1", "Improvement of the surrogate objective.", iteration => iteration.Update.Improvement) { Health = new(new(0.001, 0.05)) };

    /// <summary>Gets the improvement of the surrogate objective that the gradient promised.</summary>
    public static TrpoMetric ExpectedImprovement { get; } = new("trpo.policy.expected_improvement", "1", "Improvement that the gradient promised for the step that was taken.", iteration => iteration.Update.ExpectedImprovement) { Health = new(new(0.001, 0.05)) };

    /// <summary>Gets the improvement as a share of the promised one.</summary>
    public static TrpoMetric ImprovementRatio { get; } = new("trpo.policy.improvement_ratio", "1", "Improvement of the surrogate objective, as a share of what the gradient promised.", RatioOf)
    {
        Health = new(new(0.4, 1.4)) { WarnOutside = new(0.4, 2), BadAtOrBelow = 0 },
    };

    /// <summary>Gets the norm of the gradient.</summary>
    public static TrpoMetric GradientNorm { get; } = new("trpo.policy.gradient_norm", "1", "Euclidean norm of the surrogate objective's gradient.", iteration => iteration.Update.GradientNorm) { Health = new(new(0.04, 1.3)) };

    /// <summary>Gets the residual that conjugate gradients left.</summary>
    public static TrpoMetric ConjugateGradientResidual { get; } = new("trpo.policy.cg_residual", "1", "Norm of the residual that conjugate gradients left, as a share of the gradient's.", ResidualOf)
    {
        Health = new(new(0.005, 0.4)) { WarnOutside = MetricRange.AtMost(0.4), BadAtOrAbove = 2 },
    };

    /// <summary>Gets the number of conjugate-gradient steps.</summary>
    public static TrpoMetric ConjugateGradientSteps { get; } = new("trpo.policy.cg_steps", "{step}", "Steps of conjugate gradients.", iteration => iteration.Update.ConjugateGradient?.Steps ?? double.NaN) { Health = new(MetricRange.AtLeast(2)) };

    /// <summary>Gets the number of updates in a row that were rejected.</summary>
    public static TrpoMetric RejectedInARow { get; } = new("trpo.policy.rejected_in_a_row", "{update}", "Updates in a row, up to this one, that were rejected.", iteration => iteration.RejectedInARow)
    {
        Health = new(new(0, 0)) { WarnOutside = MetricRange.AtMost(9), BadAtOrAbove = Ending.MaxRejectedUpdates },
    };

    /// <summary>Gets the share of the targets' variance that the value function explained.</summary>
    public static TrpoMetric ExplainedVariance { get; } = new("trpo.value.explained_variance", "1", "Share of the value targets' variance that the value function explained before its fit.", iteration => iteration.ExplainedVariance)
    {
        Health = new(new(0.8, 1)) { WarnOutside = MetricRange.AtLeast(0.2), BadAtOrBelow = 0 },
    };

    /// <summary>Gets the mean squared error of the value function.</summary>
    public static TrpoMetric ValueLoss { get; } = new("trpo.value.loss", "1", "Mean squared error of the value function after its fit.", iteration => iteration.ValueLoss);

    /// <summary>Gets the time of the rollout.</summary>
    public static TrpoMetric RolloutTime { get; } = new("trpo.time.rollout", "s", "Time of acting in the environments.", iteration => iteration.Times.Rollout.TotalSeconds) { Health = ShareOfTime(0.04, 0.15) };

    /// <summary>Gets the time of the advantage estimates.</summary>
    public static TrpoMetric AdvantagesTime { get; } = new("trpo.time.advantages", "s", "Time of valuing observations and estimating advantages.", iteration => iteration.Times.Advantages.TotalSeconds) { Health = ShareOfTime(0.04, 0.2) };

    /// <summary>Gets the time of the policy's update.</summary>
    public static TrpoMetric PolicyUpdateTime { get; } = new("trpo.time.policy_update", "s", "Time of the policy's update.", iteration => iteration.Times.PolicyUpdate.TotalSeconds) { Health = ShareOfTime(0.3, 0.55) };

    /// <summary>Gets the time of the value function's fit.</summary>
    public static TrpoMetric ValueFitTime { get; } = new("trpo.time.value_fit", "s", "Time of the value function's fit, beside the policy's update where there are two threads.", iteration => iteration.Times.ValueFit.TotalSeconds) { Health = ShareOfTime(0.25, 0.47) };

    /// <summary>Gets the average speed.</summary>
    public static TrpoMetric StepsPerSecond { get; } = new("trpo.steps_per_second", "{step}/s", "Environment steps per second since training began.", iteration => iteration.StepsPerSecond);

    /// <summary>Gets the number of rollbacks.</summary>
    public static TrpoMetric Rollbacks { get; } = new("trpo.recoveries", "{recovery}", "Times that training was rolled back to an earlier state.", iteration => iteration.Rollbacks)
    {
        Health = new(new(0, 0)) { WarnOutside = MetricRange.AtMost(0), BadAtOrAbove = 4 },
    };

    /// <summary>Gets the number of restarts of environments.</summary>
    public static TrpoMetric Restarts { get; } = new("trpo.restarts", "{restart}", "Times that a failed environment was replaced by a new one.", iteration => iteration.Restarts)
    {
        Health = new(new(0, 0)) { WarnOutside = MetricRange.AtMost(0) },
    };

    /// <summary>Gets all metrics, in the order in which they are written and shown.</summary>
    public static IReadOnlyList<TrpoMetric> All { get; } =
    [
        Return, ReturnOfLast100, EpisodeLength, Episodes,
        Kl, MaxKl, Entropy, StepFraction, LineSearchTrials, Improvement, ExpectedImprovement, ImprovementRatio,
        GradientNorm, ConjugateGradientResidual, ConjugateGradientSteps, RejectedInARow,
        ExplainedVariance, ValueLoss,
        RolloutTime, AdvantagesTime, PolicyUpdateTime, ValueFitTime, StepsPerSecond, Rollbacks, Restarts, EvaluationReturn,
    ];

    /// <summary>Gets the healthy range and the levels of warnings; null where they depend on the task or the machine.</summary>
    public MetricHealth? Health { get; init; }

    /// <summary>Gets the name as a column of a table: <c>policy_kl</c>.</summary>
    public string Column => Name[Prefix.Length..].Replace('.', '_');

    /// <summary>Gets the name as a path: <c>policy/kl</c>.</summary>
    public string Tag => Name[Prefix.Length..].Replace('.', '/');

    private static MetricHealth ShareOfTime(double min, double max) => new(new(min, max)) { Quantity = "share of the iteration's time" };

    private static double RatioOf(TrpoIteration iteration) =>
        iteration.Update.Outcome == TrustRegionOutcome.Accepted ? iteration.Update.Improvement / iteration.Update.ExpectedImprovement : double.NaN;

    private static double ResidualOf(TrpoIteration iteration) =>
        iteration.Update.ConjugateGradient is { } solved ? Math.Sqrt(solved.SquaredResidual) / iteration.Update.GradientNorm : double.NaN;
}

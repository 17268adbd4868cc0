using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The evaluation of a policy from the rows of a log in memory.</summary>
internal static class LogEvaluator
{
    // The regression's sums are the square of the length for each fold.
    private const int MaxLength = 2_000;
    private const double MaxOperations = 1e13;

    /// <summary>Reads the rows and computes the estimates.</summary>
    /// <param name="load">Reads the rows.</param>
    /// <param name="options">The options, validated.</param>
    /// <param name="check">Throws to end the evaluation.</param>
    public static LogEvaluation Run(Func<LoadedLog> load, LogEvaluationOptions options, Action check)
    {
        var loaded = load();
        var (log, policy, names) = loaded;
        var inputs = log.Candidates is { } candidates ? candidates.Context + candidates.Features : log.Length;
        if (inputs > MaxLength)
            throw new LogException($"The {(log.Candidates is null ? "observations" : "context and the features of a candidate")} have {inputs} values, for which the reward model would take too long; {MaxLength} is the maximum. Put a transform such as ProjectToPrincipalComponents in front.");
        if (loaded.Episodes is { } episodes)
            return EpisodeEvaluator.Run(loaded, episodes, options, check);
        var foldCount = Math.Min(options.Folds, log.Count);
        var folds = Folds.Assign(log, foldCount, options.Seed);
        if (log.Candidates is null)
            CheckCost(log, foldCount);
        var model = log.Candidates is { } layout
            ? CandidateRidge.Predict(log, layout, folds, foldCount, options.RidgePenalty, check)
            : CrossFittedRidge.Predict(log, folds, foldCount, options.RidgePenalty, check, options.Progress);
        CheckModel(model);
        var rows = Rows(log, policy, model);
        var weights = WeightStatistics.Of(rows);
        var (untried, action) = log.Candidates is null ? Untried(log, policy) : default;
        var (robust, normalized) = (DoublyRobust.Terms(rows), SelfNormalizedScoring.Terms(rows));
        var reason = options.HasLearnedRows ? LogTrust.LearnedRows : LogTrust.FindDoubt(rows, weights, untried, names[action], MeanOfTerms.Of(robust), MeanOfTerms.Of(normalized));
        var baselines = new BaselinePolicies(log);
        var gain = LogGain.Of(robust, normalized, log.Rewards, options.VerdictLevel, reason is null);
        return new LogEvaluation(rows.Count, names, Estimates(rows, options), weights, untried, reason, gain,
        [
            Baseline(LogBaselineKind.Log, log.Rewards, rows.Count) with { Verdict = gain.Verdict },
            Robust(LogBaselineKind.Uniform, baselines.Uniform()),

            // One place of the list is no action: other candidates stand there in each row.
            .. log.Candidates is null ? [Robust(LogBaselineKind.BestSingleAction, baselines.BestSingleAction(folds, foldCount))] : (LogBaseline[])[],
            Robust(LogBaselineKind.RidgeArgmax, baselines.Argmax(model)),
        ])
        {
            Actions = LogAction.Of(log, policy, names),
            Overlap = WeightBin.Of(rows.Weights),
            Calibration = CalibrationBin.Of(rows),
        };

        LogBaseline Robust(LogBaselineKind kind, double[] baseline)
        {
            var other = Rows(log, baseline, model);
            return Baseline(kind, DoublyRobust.Terms(other), WeightStatistics.EffectiveSize(other.Weights));
        }

        LogBaseline Baseline(LogBaselineKind kind, double[] terms, double size) => LogBaseline.Of(kind, robust, terms, size, log.Rewards, options, reason is null);
    }

    /// <summary>Throws if a model's predictions are not finite.</summary>
    /// <exception cref="LogException">They are not.</exception>
    public static void CheckModel(double[] predictions)
    {
        if (!double.IsFinite(TensorPrimitives.Sum<double>(predictions)))
            throw new LogException("The reward model is not finite: rewards or observations are too large. Divide them by a constant, or raise LogEvaluationOptions.RidgePenalty.");
    }

    /// <summary>Computes the mean probability of actions that the log never has, and the action that has most of it.</summary>
    public static (double Probability, int Action) Untried(LoggedRows log, double[] policy)
    {
        var sums = new double[log.ActionCount];
        for (var i = 0; i < policy.Length; i++)
            sums[i % sums.Length] += policy[i] / log.Count;
        foreach (var action in log.Actions)
            sums[action] = 0;
        return (sums.Sum(), Array.IndexOf(sums, sums.Max()));
    }

    /// <summary>Returns the reason why an estimate has no interval.</summary>
    /// <param name="reason">The reason that its estimator has; null for none.</param>
    /// <param name="options">The options.</param>
    public static string? NoInterval(string? reason, LogEvaluationOptions options) => reason ?? (options.HasLearnedRows ? LogTrust.NoIntervalOnLearnedRows : null);

    private static void CheckCost(LoggedRows log, int foldCount)
    {
        var operations = CrossFittedRidge.CountOperations(log, foldCount);
        if (operations > MaxOperations)
            throw new LogException(FormattableString.Invariant($"The reward model would take {operations:G2} multiplications, more than {MaxOperations:G2}, which take an hour or more: it has regressions of {log.Length} values for each of {log.ActionCount} actions and each fold. Put a transform such as ProjectToPrincipalComponents in front, lower LogEvaluationOptions.Folds, or take a sample of the rows."));
    }

    private static OffPolicyRows Rows(LoggedRows log, double[] policy, double[] model) => OffPolicyRows.Of(log.Actions, log.Propensities, log.Rewards, policy, model);

    private static LogEstimate[] Estimates(OffPolicyRows rows, LogEvaluationOptions options)
    {
        var hasWeights = TensorPrimitives.Max<double>(rows.Weights) > 0;
        const string Biased = "The threshold trades variance for a bias that no standard error shows: such intervals are too short.";
        return
        [
            Of(OffPolicyEstimator.DM, DirectMethod.Terms(rows), "The error of the reward model is in no standard error."),
            Of(OffPolicyEstimator.IPS, InversePropensityScoring.Terms(rows), "The estimate depends on the point from which rewards are counted; SNIPS, which does not, has an interval."),
            Of(OffPolicyEstimator.SNIPS, SelfNormalizedScoring.Terms(rows), null),
            Of(OffPolicyEstimator.DR, DoublyRobust.Terms(rows), null),
            Of(OffPolicyEstimator.SNDR, SelfNormalizedDoublyRobust.Terms(rows), "The coverage of such intervals has not been measured; DR has an interval."),
            Of(OffPolicyEstimator.SwitchDR, SwitchDoublyRobust.Terms(rows, options.SwitchThreshold), Biased),
            Of(OffPolicyEstimator.DRos, ShrunkDoublyRobust.Terms(rows, options.Shrinkage), Biased),
        ];

        LogEstimate Of(OffPolicyEstimator estimator, double[] terms, string? noInterval) => LogEstimate.Of(estimator, terms, options.Level, NoInterval(noInterval, options), hasWeights);
    }
}

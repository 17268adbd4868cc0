using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The evaluation of a policy from the episodes of a log in memory.</summary>
internal static class EpisodeEvaluator
{
    private const double MaxOperations = 1e13;

    /// <summary>Computes the estimates.</summary>
    /// <param name="loaded">The log.</param>
    /// <param name="episodes">The episodes of the log.</param>
    /// <param name="options">The options, validated.</param>
    /// <param name="check">Throws to end the evaluation.</param>
    public static LogEvaluation Run(LoadedLog loaded, LoggedEpisodes episodes, LogEvaluationOptions options, Action check)
    {
        var (log, policy, names) = loaded;
        var model = new FittedQEvaluation(log, episodes, EpisodeFolds.Assign(log, episodes, Math.Min(options.Folds, episodes.Count), options.Seed));
        double[][] policies = [policy, new BaselinePolicies(log).Uniform()];
        CheckCost(model.CountOperations(policies.Length), log, episodes);
        var values = model.Evaluate(policies, options.Discount, options.RidgePenalty, check, options.Progress);
        var (evaluated, uniform) = (Of(policies[0], values[0]), Of(policies[1], values[1]));
        var (robust, normalized, returns) = (WeightedDoublyRobust.Terms(evaluated), WeightedPerDecisionSampling.Terms(evaluated), evaluated.Returns());
        var statistics = EpisodeWeights.Of(evaluated, returns);
        var (untried, action) = LogEvaluator.Untried(log, policy);
        var doubt = options.HasLearnedRows ? LogTrust.LearnedRows : EpisodeTrust.FindDoubt(evaluated, returns, statistics, EpisodeWeights.OfSteps(evaluated), (untried, names[action]), MeanOfTerms.Of(robust), MeanOfTerms.Of(normalized));
        var gain = LogGain.Of(robust, normalized, returns, options.VerdictLevel, doubt is null);
        return new LogEvaluation(log.Count, names, Estimates(evaluated, robust, normalized, options, statistics.EffectiveSampleSize > 0), statistics, untried, doubt, gain,
        [
            LogBaseline.Of(LogBaselineKind.Log, robust, returns, episodes.Count, returns, options, doubt is null) with { Verdict = gain.Verdict },
            LogBaseline.Of(LogBaselineKind.Uniform, robust, WeightedDoublyRobust.Terms(uniform), EpisodeWeights.Of(uniform, returns).EffectiveSampleSize, returns, options, doubt is null),
        ])
        {
            Episodes = episodes.Count,
            Actions = LogAction.Of(log, policy, names),
            Overlap = WeightBin.OfLogarithms(evaluated.FinalLogWeights()),
            Calibration = CalibrationBin.Of(new OffPolicyRows([], evaluated.Targets(), evaluated.Expected, evaluated.Predicted)),
        };

        OffPolicyEpisodes Of(double[] probabilities, (double[] Expected, double[] Predicted) estimated)
        {
            LogEvaluator.CheckModel(estimated.Expected);
            LogEvaluator.CheckModel(estimated.Predicted);
            return new OffPolicyEpisodes(episodes, options.Discount, OffPolicyEpisodes.Accumulate(log, episodes, probabilities), log.Rewards, estimated.Expected, estimated.Predicted);
        }
    }

    private static void CheckCost(double operations, LoggedRows log, LoggedEpisodes episodes)
    {
        if (operations > MaxOperations)
            throw new LogException(FormattableString.Invariant($"The model of the values would take {operations:G2} multiplications, more than {MaxOperations:G2}, which take an hour or more: it has regressions of {log.Length} values for each of {episodes.Horizon} steps, each action and each fold. Put a transform such as ProjectToPrincipalComponents in front, lower LogEvaluationOptions.Folds, or take a sample of the episodes."));
    }

    private static LogEstimate[] Estimates(OffPolicyEpisodes episodes, double[] robust, double[] normalized, LogEvaluationOptions options, bool hasWeights) =>
    [
        LogEstimate.Of(OffPolicyEstimator.DM, WeightedDoublyRobust.ModelTerms(episodes), options.Level, "The error of the model of the values is in no standard error.", hasWeights),
        LogEstimate.Of(OffPolicyEstimator.PDIS, PerDecisionSampling.Terms(episodes), options.Level, "The estimate depends on the point from which rewards are counted; WPDIS, which does not, has an interval.", hasWeights),
        LogEstimate.Of(OffPolicyEstimator.WPDIS, normalized, options.Level, LogEvaluator.NoInterval(null, options), hasWeights),
        LogEstimate.Of(OffPolicyEstimator.WDR, robust, options.Level, LogEvaluator.NoInterval(null, options), hasWeights),
    ];
}

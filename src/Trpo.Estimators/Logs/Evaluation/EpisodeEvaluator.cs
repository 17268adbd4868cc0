using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The evaluation of a policy from the episodes of a log in memory.</summary>
internal static class EpisodeEvaluator
{
    /// <summary>Computes the estimates.</summary>
    /// <param name="loaded">The log.</param>
    /// <param name="episodes">The episodes of the log.</param>
    /// <param name="options">The options, validated.</param>
    /// <param name="check">Throws to end the evaluation.</param>
    public static LogEvaluation Run(LoadedLog loaded, LoggedEpisodes episodes, LogEvaluationOptions options, Action check)
    {
        var (log, policy, names) = loaded;
        var model = new FittedQEvaluation(log, episodes, EpisodeFolds.Assign(log, episodes, Math.Min(options.Folds, episodes.Count), options.Seed));
        var (evaluated, uniform) = (Of(policy), Of(new BaselinePolicies(log).Uniform()));
        var (robust, normalized, returns) = (WeightedDoublyRobust.Terms(evaluated), WeightedPerDecisionSampling.Terms(evaluated), evaluated.Returns());
        double[] weights = [.. evaluated.FinalLogWeights().Select(Math.Exp)];
        var statistics = EpisodeWeights.Of(evaluated, returns);
        var (untried, action) = LogEvaluator.Untried(log, policy);
        var doubt = EpisodeTrust.FindDoubt(evaluated, returns, statistics, EpisodeWeights.MeanOfSteps(evaluated), (untried, names[action]), MeanOfTerms.Of(robust), MeanOfTerms.Of(normalized));
        return new LogEvaluation(log.Count, names, Estimates(evaluated, robust, normalized, options.Level), statistics, untried, doubt, LogGain.Of(robust, normalized, returns, options.VerdictLevel, doubt is null),
        [
            LogBaseline.Of(LogBaselineKind.Log, robust, returns, episodes.Count, returns, options, doubt is null),
            LogBaseline.Of(LogBaselineKind.Uniform, robust, WeightedDoublyRobust.Terms(uniform), EpisodeWeights.Of(uniform, returns).EffectiveSampleSize, returns, options, doubt is null),
        ])
        {
            Episodes = episodes.Count,
            Actions = LogAction.Of(log, policy, names),
            Overlap = WeightBin.Of(weights),
            Calibration = CalibrationBin.Of(new OffPolicyRows([], evaluated.Targets(), evaluated.Expected, evaluated.Predicted)),
        };

        OffPolicyEpisodes Of(double[] probabilities)
        {
            var (expected, predicted) = model.Evaluate(probabilities, options.Discount, options.RidgePenalty, check);
            LogEvaluator.CheckModel(expected);
            LogEvaluator.CheckModel(predicted);
            return new OffPolicyEpisodes(episodes, options.Discount, OffPolicyEpisodes.Accumulate(log, episodes, probabilities), log.Rewards, expected, predicted);
        }
    }

    private static LogEstimate[] Estimates(OffPolicyEpisodes episodes, double[] robust, double[] normalized, double level) =>
    [
        LogEstimate.Of(OffPolicyEstimator.DM, WeightedDoublyRobust.ModelTerms(episodes), level, "The error of the model of the values is in no standard error."),
        LogEstimate.Of(OffPolicyEstimator.PDIS, PerDecisionSampling.Terms(episodes), level, "The estimate depends on the point from which rewards are counted; WPDIS, which does not, has an interval."),
        LogEstimate.Of(OffPolicyEstimator.WPDIS, normalized, level, null),
        LogEstimate.Of(OffPolicyEstimator.WDR, robust, level, null),
    ];
}

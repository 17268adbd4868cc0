using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The rules that tell whether normal intervals of DR and SNIPS can be expected to keep their level on a log.</summary>
internal static class LogTrust
{
    // In simulations, intervals of 95 % covered 91 to 96 % above this and the next bound, 65 to 89 % with 5 effective rows, and 75 % with 1.4 rewarded matches.
    /// <summary>The effective sample size below which intervals do not keep their level.</summary>
    public const double MinEffectiveSampleSize = 100;

    /// <summary>The doubt about an evaluation on rows that were learned from.</summary>
    public const string LearnedRows = "the policy was learned from some of the rows, on which its estimates are too high: there, \"better\" is wrong in half of the cases without a difference, and in more. Evaluate it on rows that it was not learned from";

    /// <summary>The reason why estimates on rows that were learned from have no interval.</summary>
    public const string NoIntervalOnLearnedRows = "The policy was learned from some of the rows.";

    private const double MinRewardedMatches = 20;

    private const double MaxUntried = 0.01;
    private const double MaxDeviations = 4;

    /// <summary>Returns the first reason to doubt the estimates; null if there is none.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">The statistics of the weights.</param>
    /// <param name="untried">The mean probability with which the policy takes actions that the log never has.</param>
    /// <param name="action">The name of the one that it takes most.</param>
    /// <param name="estimates">The estimates that have intervals.</param>
    public static string? FindDoubt(OffPolicyRows rows, WeightStatistics weights, double untried, string action, params ReadOnlySpan<MeanOfTerms> estimates)
    {
        if (!double.IsFinite(weights.MaxWeight))
            return Text($"a weight is {weights.MaxWeight:G3}: the probability of a logged action is too small. Check the probabilities of the log");
        if (!double.IsFinite(weights.Mean.Value) || !double.IsFinite(weights.Mean.StandardError))
            return Text($"the mean weight is {weights.Mean.Value:G4} ± {weights.Mean.StandardError:G2}, which is not finite: the probabilities of logged actions are too small. Check the probabilities of the log");
        foreach (var estimate in weights.MaxWeight > 0 ? estimates : [])
        {
            if (!double.IsFinite(estimate.Value) || !double.IsFinite(estimate.StandardError))
                return Text($"an estimate is {estimate.Value:G4} ± {estimate.StandardError:G2}, which is not finite: rewards or weights are too large. Divide the rewards by a constant, or check the probabilities of the log");
        }

        if (TensorPrimitives.Max<double>(rows.Rewards) == TensorPrimitives.Min<double>(rows.Rewards))
            return Text($"all rewards are {rows.Rewards[0]:G6}, so that the log tells no action from another");
        if (!(untried <= MaxUntried))
            return Text($"the policy takes actions that the log never has, above all '{action}', with a probability of {untried:G3}: nothing is known of them. Let the logging policy explore them");
        if (!(weights.EffectiveSampleSize >= MinEffectiveSampleSize))
            return Text($"the effective sample size is {weights.EffectiveSampleSize:G3} of {rows.Count} rows, less than {MinEffectiveSampleSize:G3}: the policy seldom does what the log did. Log more rows, or evaluate a policy that is closer to the log's");
        if (!(weights.RewardedMatches >= MinRewardedMatches))
            return Text($"only {weights.RewardedMatches:G3} effective rows, less than {MinRewardedMatches:G3}, have another reward than the commonest: the estimates rest on them. Log more rows");

        // Rounding alone separates the weights of a log of the policy itself.
        var deviation = Math.Abs(weights.Mean.Value - 1);
        return deviation > MaxDeviations * weights.Mean.StandardError && deviation > 1e-3
            ? Text($"the mean weight is {weights.Mean.Value:G4} ± {weights.Mean.StandardError:G2}, where 1 is expected: the probabilities are not those with which actions were drawn, or the log could not have taken what the policy takes. CheckLog tells more")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The rules that tell whether normal intervals of WDR and WPDIS can be expected to keep their level on a log of episodes.</summary>
internal static class EpisodeTrust
{
    private const double MinRewardedMatches = 20;
    private const double MaxUntried = 0.01;
    private const double MaxDeviations = 4;

    /// <summary>Returns the first reason to doubt the estimates; null if there is none.</summary>
    /// <param name="episodes">The episodes.</param>
    /// <param name="returns">The returns of the log, <c>[E]</c>.</param>
    /// <param name="weights">The statistics of the episodes' weights at their ends.</param>
    /// <param name="steps">The statistics of the weights of single steps.</param>
    /// <param name="untried">The mean probability per row with which the policy takes actions that the log never has, and the name of the one that it takes most.</param>
    /// <param name="estimates">The estimates that have intervals.</param>
    public static string? FindDoubt(OffPolicyEpisodes episodes, double[] returns, WeightStatistics weights, StepWeights steps, (double Probability, string Action) untried, params ReadOnlySpan<MeanOfTerms> estimates)
    {
        if (!double.IsFinite(steps.Max))
            return Text($"the weight of a step is {steps.Max:G3}: the probability of a logged action is too small. Check the probabilities of the log");

        // Of episodes without weights, the effective number is the reason.
        foreach (var estimate in weights.EffectiveSampleSize > 0 ? estimates : [])
        {
            if (!double.IsFinite(estimate.Value) || !double.IsFinite(estimate.StandardError))
                return Text($"an estimate is {estimate.Value:G4} ± {estimate.StandardError:G2}, which is not finite: rewards or weights are too large. Divide the rewards by a constant, or check the probabilities of the log");
        }

        if (TensorPrimitives.Max<double>(episodes.Rewards) == TensorPrimitives.Min<double>(episodes.Rewards) && returns.Distinct().Count() == 1)
            return Text($"all rewards are {episodes.Rewards[0]:G6}, so that the log tells no action from another");

        // An action that is tried in one step of an episode may change all that follow.
        var perEpisode = untried.Probability * episodes.Rewards.Length / episodes.Count;
        if (!(perEpisode <= MaxUntried))
            return Text($"the policy takes actions that the log never has, above all '{untried.Action}', {perEpisode:G3} times per episode: nothing is known of them. Let the logging policy explore them");

        // Single steps, whose weights are known well, show wrong probabilities. Products do not: over many steps, those of right ones are beyond all numbers too.
        if (steps.EffectiveRows >= LogTrust.MinEffectiveSampleSize && IsFarFromOne(steps.Mean))
            return Text($"the mean weight of single steps is {steps.Mean.Value:G4} ± {steps.Mean.StandardError:G2}, where 1 is expected: the probabilities are not those with which actions were drawn, or the log could not have taken what the policy takes. CheckLog tells more");
        if (!(weights.EffectiveSampleSize >= LogTrust.MinEffectiveSampleSize))
            return Text($"the effective number of episodes is {weights.EffectiveSampleSize:G3} of {episodes.Count}, less than {LogTrust.MinEffectiveSampleSize:G3}: over {episodes.Episodes.Horizon} steps, the policy seldom does what the log did. Log more episodes, or evaluate a policy that is closer to the log's");
        if (!(weights.RewardedMatches >= MinRewardedMatches))
            return Text($"only {weights.RewardedMatches:G3} effective episodes, less than {MinRewardedMatches:G3}, have another return than the commonest: the estimates rest on them. Log more episodes");
        if (!double.IsFinite(weights.Mean.Value) || !double.IsFinite(weights.Mean.StandardError))
            return Text($"the mean weight of the episodes is {weights.Mean.Value:G4} ± {weights.Mean.StandardError:G2}, which is not finite: over {episodes.Episodes.Horizon} steps, the weights multiply beyond all numbers. Evaluate a policy that is closer to the log's, or shorter episodes");
        return IsFarFromOne(weights.Mean)
            ? Text($"the mean weight of the episodes is {weights.Mean.Value:G4} ± {weights.Mean.StandardError:G2}, where 1 is expected: over {episodes.Episodes.Horizon} steps, the policy goes where the log seldom or never came. Log more episodes, or evaluate a policy that is closer to the log's")
            : null;
    }

    // Rounding alone separates the weights of a log of the policy itself.
    private static bool IsFarFromOne(MeanOfTerms mean) => Math.Abs(mean.Value - 1) is var deviation && deviation > MaxDeviations * mean.StandardError && deviation > 1e-3;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

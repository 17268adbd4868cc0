using System.Globalization;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The estimated worth of a policy, in mean reward per decision, or in mean return per episode, from the log of another policy.</summary>
public sealed class LogEvaluation
{
    internal LogEvaluation(
        long rows, IReadOnlyList<string> actionNames, IReadOnlyList<LogEstimate> estimates, WeightStatistics weights, double untriedProbability, string? doubt, LogGain gain, IReadOnlyList<LogBaseline> baselines)
    {
        Rows = rows;
        ActionNames = actionNames;
        Estimates = estimates;
        EffectiveSampleSize = weights.EffectiveSampleSize;
        RewardedMatches = weights.RewardedMatches;
        MaxWeight = weights.MaxWeight;
        MeanWeight = weights.Mean.Value;
        MeanWeightError = weights.Mean.StandardError;
        UntriedProbability = untriedProbability;
        Doubt = doubt;
        Gain = gain;
        Baselines = baselines;
    }

    /// <summary>The number of rows.</summary>
    public long Rows { get; }

    /// <summary>The number of episodes; null for a log of independent decisions. Where it is not null, estimates, gains and weights are those of episodes.</summary>
    public long? Episodes { get; internal init; }

    /// <summary>The names of the actions in the order of their indices.</summary>
    public IReadOnlyList<string> ActionNames { get; }

    /// <summary>The estimates, one of each estimator that the log admits.</summary>
    public IReadOnlyList<LogEstimate> Estimates { get; }

    /// <summary>The estimate to report: <see cref="OffPolicyEstimator.DR"/>, or <see cref="OffPolicyEstimator.WDR"/> for episodes.</summary>
    public LogEstimate DoublyRobust => this[Episodes is null ? OffPolicyEstimator.DR : OffPolicyEstimator.WDR];

    /// <summary>The estimate without a model, to compare with <see cref="DoublyRobust"/>: <see cref="OffPolicyEstimator.SNIPS"/>, or <see cref="OffPolicyEstimator.WPDIS"/> for episodes.</summary>
    public LogEstimate SelfNormalized => this[Episodes is null ? OffPolicyEstimator.SNIPS : OffPolicyEstimator.WPDIS];

    /// <summary>
    /// The effective sample size, <c>(sum w)^2 / sum w^2</c>: the number of rows of the policy's own that would tell as much; for episodes, the number of its episodes, by the products of the weights over
    /// all steps.
    /// </summary>
    public double EffectiveSampleSize { get; }

    /// <summary>The effective sample size of the rows alone whose reward, or of the episodes alone whose return, is not the commonest one of the log: of those with a reward, where most have none.</summary>
    public double RewardedMatches { get; }

    /// <summary>The largest weight: the number of decisions, or episodes, that the one with it stands for.</summary>
    public double MaxWeight { get; }

    /// <summary>The mean weight, which measures the overlap: 1 in expectation, and less where the policy takes actions that the log could not have taken.</summary>
    public double MeanWeight { get; }

    /// <summary>The standard error of <see cref="MeanWeight"/>.</summary>
    public double MeanWeightError { get; }

    /// <summary>The mean probability with which the policy takes actions that the log never has.</summary>
    public double UntriedProbability { get; }

    /// <summary>True if enough rows stand behind the estimates for their intervals to keep the level. They do so only on rows that the policy was not trained on.</summary>
    public bool IsTrustworthy => Doubt is null;

    /// <summary>The reason why <see cref="IsTrustworthy"/> is false, with the remedy; null if it is true.</summary>
    public string? Doubt { get; }

    /// <summary>The gain over the policy that wrote the log, and the verdict.</summary>
    public LogGain Gain { get; }

    /// <summary>The actions in the order of their indices: how often the log took them, and how often the policy does.</summary>
    public IReadOnlyList<LogAction> Actions { get; internal init; } = [];

    /// <summary>The importance weights of the rows, or of the episodes at their ends, in eleven bins, whose edges are 0 and the powers of two from 1/16 to 16: the overlap of the policy with the log.</summary>
    public IReadOnlyList<WeightBin> Overlap { get; internal init; } = [];

    /// <summary>The predictions of the reward model beside the logged rewards, in up to ten bins, where rows of one prediction are in one bin; for episodes, the values of the logged actions beside the rewards plus the discounted values that the same model expects of the next rows, which shows its Bellman errors and not whether its values are right.</summary>
    public IReadOnlyList<CalibrationBin> Calibration { get; internal init; } = [];

    /// <summary>The worth of the policies that a log brings itself, and the gain of the policy over each. A policy that is not above them is not worth its training.</summary>
    public IReadOnlyList<LogBaseline> Baselines { get; }

    /// <summary>Returns the estimate of an estimator.</summary>
    /// <param name="estimator">The estimator.</param>
    public LogEstimate this[OffPolicyEstimator estimator] => Estimates.Single(estimate => estimate.Estimator == estimator);

    /// <summary>Returns the verdict, the rows behind it, the estimates, and a table of the baselines with the verdict over each.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines =
        [
            Text($"{Gain.Verdict}: gain over the log {LogEstimate.TextOf(Gain.DoublyRobust, Gain.DoublyRobustError)} by {DoublyRobust.Estimator}, {LogEstimate.TextOf(Gain.SelfNormalized, Gain.SelfNormalizedError)} by {SelfNormalized.Estimator}"),
            IsTrustworthy ? Text($"{(Episodes is { } episodes ? $"{LogSize.Text(episodes, "episode")} of {LogSize.Text(Rows, "row")}" : LogSize.Text(Rows, "row"))}, as good as {EffectiveSampleSize:G4} of the policy's own") : $"Not to be trusted: {Doubt}.",
            .. Estimates.Select(estimate => $"  {estimate}"),
            .. BaselineTable.Lines(Baselines, Gain.Level),
        ];
        return string.Join(Environment.NewLine, lines);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// The gain of a policy over the policy that wrote the log, in reward per decision or return per episode, from the differences of the terms of each row, or of each episode. The verdict holds on rows that
/// nothing was learned or chosen from: on the rows that a policy was trained on, it is wrong in about half of the cases in which there is no gain.
/// </summary>
public sealed record LogGain
{
    /// <summary>The gain by DR; by WDR for episodes.</summary>
    public required double DoublyRobust { get; init; }

    /// <summary>The standard error of <see cref="DoublyRobust"/>.</summary>
    public required double DoublyRobustError { get; init; }

    /// <summary>The gain by SNIPS; by WPDIS for episodes.</summary>
    public required double SelfNormalized { get; init; }

    /// <summary>The standard error of <see cref="SelfNormalized"/>.</summary>
    public required double SelfNormalizedError { get; init; }

    /// <summary>The one-sided level of the verdict, such as 0.95.</summary>
    public required double Level { get; init; }

    /// <summary>
    /// <see cref="LogVerdict.Better"/> if both gains are above 0 by more than their one-sided margin at the level, <see cref="LogVerdict.Worse"/> if both are below 0 by more than that;
    /// <see cref="LogVerdict.Undecided"/> otherwise, and if <see cref="LogEvaluation.IsTrustworthy"/> is false.
    /// </summary>
    public required LogVerdict Verdict { get; init; }

    /// <summary>Computes the gain.</summary>
    /// <param name="robust">The terms of DR or WDR.</param>
    /// <param name="normalized">The terms of SNIPS or WPDIS.</param>
    /// <param name="logged">The rewards or returns of the log.</param>
    /// <param name="level">The level of the verdict.</param>
    /// <param name="isTrustworthy">False if there is to be no verdict.</param>
    internal static LogGain Of(double[] robust, double[] normalized, double[] logged, double level, bool isTrustworthy)
    {
        var (first, second) = (MeanOfTerms.Gain(robust, logged), MeanOfTerms.Gain(normalized, logged));
        var (quantile, mean, max) = (NormalQuantile.Of(level), MeanOfTerms.Of(logged).Value, TensorPrimitives.MaxMagnitude<double>(logged));
        return new LogGain
        {
            DoublyRobust = first.Value,
            DoublyRobustError = first.StandardError,
            SelfNormalized = second.Value,
            SelfNormalizedError = second.StandardError,
            Level = level,
            Verdict = (isTrustworthy, Side(first), Side(second)) switch
            {
                (true, 1, 1) => LogVerdict.Better,
                (true, -1, -1) => LogVerdict.Worse,
                _ => LogVerdict.Undecided,
            },
        };

        // Where a policy is the log's own, its gain is the rounding of sums, whose standard error can be smaller still.
        int Side(MeanOfTerms gain) => !(Math.Abs(gain.Value) > Math.Max(quantile * gain.StandardError, 1e-12 * (Math.Abs(max) + Math.Abs(mean + gain.Value)))) ? 0 : Math.Sign(gain.Value);
    }
}

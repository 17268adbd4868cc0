using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// The gain of a policy over the policy that wrote the log, in reward per decision or return per episode, from the differences of the terms of each row, or of each episode. The verdict holds on rows that
/// nothing was learned or chosen from: on the rows that a policy was trained on, it is wrong in half of the cases in which there is no gain, and in more.
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

    /// <summary>The level of the verdict, such as 0.95: where there is no difference, <see cref="LogVerdict.Better"/> and <see cref="LogVerdict.Worse"/> together are wrong in the rest of the cases, half of it each.</summary>
    public required double Level { get; init; }

    /// <summary>
    /// <see cref="LogVerdict.Better"/> if both gains are above 0 by more than half of their interval of Student's t distribution at the level, <see cref="LogVerdict.Worse"/> if both are below 0 by more than that;
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
        var (verdict, other) = (VerdictOf(first, logged, level), VerdictOf(second, logged, level));
        return new LogGain
        {
            DoublyRobust = first.Value,
            DoublyRobustError = first.StandardError,
            SelfNormalized = second.Value,
            SelfNormalizedError = second.StandardError,
            Level = level,
            Verdict = isTrustworthy && verdict == other ? verdict : LogVerdict.Undecided,
        };
    }

    /// <summary>Returns the verdict on a gain by one estimator.</summary>
    /// <param name="gain">The gain.</param>
    /// <param name="logged">The rewards or returns of the log, for the rounding of their sums.</param>
    /// <param name="level">The level, of both directions together.</param>
    internal static LogVerdict VerdictOf(MeanOfTerms gain, double[] logged, double level)
    {
        // Where a policy is the other one, the gain is the rounding of sums, whose standard error can be smaller still.
        var rounding = 1e-12 * (Math.Abs(TensorPrimitives.MaxMagnitude<double>(logged)) + Math.Abs(MeanOfTerms.Of(logged).Value + gain.Value));
        if (!(Math.Abs(gain.Value) > Math.Max(-StudentQuantile.Of((1 - level) / 2, gain.DegreesOfFreedom) * gain.StandardError, rounding)))
            return LogVerdict.Undecided;
        return gain.Value > 0 ? LogVerdict.Better : LogVerdict.Worse;
    }
}

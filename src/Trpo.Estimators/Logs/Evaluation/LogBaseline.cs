using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The estimated mean reward per decision of a baseline, or its mean return per episode.</summary>
public sealed record LogBaseline
{
    /// <summary>The baseline.</summary>
    public required LogBaselineKind Kind { get; init; }

    /// <summary>The estimate: the mean of the rewards for <see cref="LogBaselineKind.Log"/>, DR for the others (WDR for episodes), on rows that the baseline was not chosen by.</summary>
    public required double Value { get; init; }

    /// <summary>The standard error of <see cref="Value"/>.</summary>
    public required double StandardError { get; init; }

    /// <summary>The normal interval of <see cref="Value"/>, at the level of the estimates; null if <see cref="EffectiveSampleSize"/> is below 100, where intervals do not keep their level, or if it is not finite.</summary>
    public required ConfidenceInterval? Interval { get; init; }

    /// <summary>The gain of the policy that is evaluated over the baseline by DR, or by WDR, from the differences of the terms of each row, or of each episode.</summary>
    public required double Gain { get; init; }

    /// <summary>The standard error of <see cref="Gain"/>.</summary>
    public required double GainError { get; init; }

    /// <summary>
    /// <see cref="LogVerdict.Better"/> if <see cref="Gain"/> is above 0 by more than half of its interval at the level of the verdict, <see cref="LogVerdict.Worse"/> if it is below 0 by more than that; otherwise, and if
    /// the evaluation is not to be trusted or there is no <see cref="Interval"/>, <see cref="LogVerdict.Undecided"/>. For <see cref="LogBaselineKind.Log"/>, the verdict of <see cref="LogEvaluation.Gain"/>, on which two estimators agree.
    /// </summary>
    public required LogVerdict Verdict { get; init; }

    /// <summary>The number of equally weighted rows, or episodes, that tell as much; the number of them all for <see cref="LogBaselineKind.Log"/>.</summary>
    public required double EffectiveSampleSize { get; init; }

    /// <summary>Computes a baseline.</summary>
    /// <param name="kind">The baseline.</param>
    /// <param name="policy">The terms of the policy that is evaluated.</param>
    /// <param name="baseline">The terms of the baseline.</param>
    /// <param name="effectiveSize">The effective sample size of the baseline.</param>
    /// <param name="logged">The rewards or returns of the log.</param>
    /// <param name="options">The options of the evaluation.</param>
    /// <param name="isTrustworthy">False if there is to be no verdict.</param>
    internal static LogBaseline Of(LogBaselineKind kind, double[] policy, double[] baseline, double effectiveSize, double[] logged, LogEvaluationOptions options, bool isTrustworthy)
    {
        var (mean, gain) = (MeanOfTerms.Of(baseline), MeanOfTerms.Gain(policy, baseline));

        // The baseline has weights of its own: those of the policy say nothing of them.
        var isMeasured = effectiveSize >= LogTrust.MinEffectiveSampleSize;
        return new LogBaseline
        {
            Kind = kind,
            Value = mean.Value,
            StandardError = mean.StandardError,
            Interval = isMeasured ? LogEstimate.IntervalOf(mean, options.Level) : null,
            Gain = gain.Value,
            GainError = gain.StandardError,
            Verdict = isTrustworthy && isMeasured ? LogGain.VerdictOf(gain, logged, options.VerdictLevel) : LogVerdict.Undecided,
            EffectiveSampleSize = effectiveSize,
        };
    }
}

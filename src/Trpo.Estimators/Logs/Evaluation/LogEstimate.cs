using System.Globalization;
using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>An estimate of the mean reward per decision of a policy, or of its mean return per episode.</summary>
public sealed record LogEstimate
{
    /// <summary>The estimator.</summary>
    public required OffPolicyEstimator Estimator { get; init; }

    /// <summary>The estimate; NaN if it is the ratio of a log in which the policy would have taken none of the actions, or if rewards or weights are too large.</summary>
    public required double Value { get; init; }

    /// <summary>The standard error of <see cref="Value"/>, without the bias that the estimator may have.</summary>
    public required double StandardError { get; init; }

    /// <summary>The normal confidence interval; null for estimators whose interval does not keep its level.</summary>
    public required ConfidenceInterval? Interval { get; init; }

    /// <summary>The reason why there is no interval; null if there is one.</summary>
    public required string? NoIntervalReason { get; init; }

    /// <summary>Computes an estimate from the terms of its estimator.</summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="terms">The terms, at least two.</param>
    /// <param name="level">The level of the interval.</param>
    /// <param name="noInterval">The reason why there is none; null if there is one.</param>
    /// <param name="hasWeights">False if all weights are 0.</param>
    internal static LogEstimate Of(OffPolicyEstimator estimator, double[] terms, double level, string? noInterval, bool hasWeights)
    {
        var mean = MeanOfTerms.Of(terms);
        var interval = noInterval is null ? IntervalOf(mean, level) : null;
        if (noInterval is null && interval is null)
            noInterval = hasWeights ? "Rewards or weights are too large for numbers." : "The policy would have taken none of the logged actions.";
        return new LogEstimate
        {
            Estimator = estimator,
            Value = mean.Value,
            StandardError = mean.StandardError,
            Interval = interval,
            NoIntervalReason = noInterval,
        };
    }

    /// <summary>Computes a normal confidence interval; null if it is not finite.</summary>
    internal static ConfidenceInterval? IntervalOf(MeanOfTerms mean, double level)
    {
        var margin = -NormalQuantile.Of((1 - level) / 2) * mean.StandardError;
        return double.IsFinite(mean.Value - margin) && double.IsFinite(mean.Value + margin) ? new ConfidenceInterval(mean.Value - margin, mean.Value + margin, level) : null;
    }

    /// <summary>Returns a value with its standard error, in words where one is not finite.</summary>
    internal static string TextOf(double value, double error) => double.IsNaN(value) ? "no estimate"
        : !double.IsFinite(value) ? "too large for numbers"
        : string.Create(CultureInfo.InvariantCulture, $"{value:G5}{(double.IsFinite(error) ? string.Create(CultureInfo.InvariantCulture, $" ± {error:G3}") : ", its error not known")}");

    /// <summary>Returns the name, the estimate and its standard error, and the interval if there is one.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Estimator} {TextOf(Value, StandardError)}{(Interval is { } interval ? string.Create(CultureInfo.InvariantCulture, $" ({interval.Low:G5} to {interval.High:G5} at {100 * interval.Level:G4}%)") : "")}");
}

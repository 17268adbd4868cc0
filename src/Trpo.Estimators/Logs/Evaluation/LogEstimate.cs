using System.Globalization;
using Trpo.Estimators.Evaluation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>An estimate of the mean reward per decision of a policy.</summary>
/// <param name="Estimator">The estimator.</param>
/// <param name="Value">The estimate; NaN if it is the ratio of a log in which the policy would have taken none of the actions.</param>
/// <param name="StandardError">The standard error of <paramref name="Value"/>, without the bias that the estimator may have.</param>
/// <param name="Interval">The normal confidence interval; null for estimators whose interval does not keep its level.</param>
/// <param name="NoIntervalReason">The reason why there is no interval; null if there is one.</param>
public sealed record LogEstimate(OffPolicyEstimator Estimator, double Value, double StandardError, ConfidenceInterval? Interval, string? NoIntervalReason)
{
    /// <summary>Returns the name, the estimate and its standard error, and the interval if there is one.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Estimator} {Value:G5} ± {StandardError:G3}{(Interval is { } interval ? string.Create(CultureInfo.InvariantCulture, $" ({interval.Low:G5} to {interval.High:G5} at {100 * interval.Level:G4}%)") : "")}");
}

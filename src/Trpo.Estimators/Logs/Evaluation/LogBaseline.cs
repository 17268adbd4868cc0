namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The estimated mean reward per decision of a baseline.</summary>
/// <param name="Kind">The baseline.</param>
/// <param name="Value">The estimate: the mean of the rewards for <see cref="LogBaselineKind.Log"/>, DR for the others, on rows that the baseline was not chosen by.</param>
/// <param name="StandardError">The standard error of <paramref name="Value"/>.</param>
/// <param name="EffectiveSampleSize">The number of equally weighted rows that tell as much; the number of rows for <see cref="LogBaselineKind.Log"/>.</param>
public sealed record LogBaseline(LogBaselineKind Kind, double Value, double StandardError, double EffectiveSampleSize);

namespace Trpo.Estimators.Studies;

/// <summary>The result of a trial of a sweep.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Steps">The environment steps of the last comparison that it took part in.</param>
/// <param name="Return">The return there; NaN if the trial failed.</param>
/// <param name="Failure">The exception that ended the trial; null if it did not fail.</param>
public sealed record SweepTrialResult(SweepTrial Trial, int Steps, double Return, Exception? Failure);

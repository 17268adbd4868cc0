namespace Trpo.Estimators.Optimization;

/// <summary>What came of <see cref="BacktrackingLineSearch.Run"/>.</summary>
/// <param name="Outcome">Accepted, or why no trial was.</param>
/// <param name="StepFraction">The accepted share of the whole step; 0 if none was accepted.</param>
/// <param name="Surrogate">The surrogate after the accepted step; that before it if none was.</param>
/// <param name="MeanKl">The mean KL after the accepted step; 0 if none was.</param>
/// <param name="Trials">The number of coefficients that were tried.</param>
public readonly record struct LineSearchResult(TrustRegionOutcome Outcome, double StepFraction, double Surrogate, double MeanKl, int Trials);

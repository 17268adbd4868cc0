namespace Trpo.Estimators.Optimization;

/// <summary>The result of <see cref="BacktrackingLineSearch.Run"/>.</summary>
/// <param name="Outcome">Accepted, or the reason that no trial was.</param>
/// <param name="StepFraction">The accepted share of the full step; 0 if no trial was accepted.</param>
/// <param name="Surrogate">The surrogate after the accepted step; the surrogate at the start if no trial was accepted.</param>
/// <param name="MeanKl">The mean KL after the accepted step; 0 if no trial was accepted.</param>
/// <param name="Trials">The number of trials.</param>
public readonly record struct LineSearchResult(TrustRegionOutcome Outcome, double StepFraction, double Surrogate, double MeanKl, int Trials);

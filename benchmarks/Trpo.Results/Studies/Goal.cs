namespace Trpo.Results.Studies;

/// <summary>The bounds that <c>check</c> compares the results with.</summary>
/// <param name="MinMean">The minimum of the mean return over all seeds.</param>
/// <param name="SolvedBefore">The exclusive maximum of the median of the steps to solve; null for none.</param>
/// <param name="EverySeedSolves">True if a seed that does not solve the task in training misses the goal.</param>
internal sealed record Goal(double MinMean, int? SolvedBefore = null, bool EverySeedSolves = false);

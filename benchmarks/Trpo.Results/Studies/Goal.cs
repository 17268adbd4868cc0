namespace Trpo.Results.Studies;

/// <summary>What <c>check</c> asks of the results.</summary>
/// <param name="LeastMean">The least mean return, over all seeds.</param>
/// <param name="SolvedBefore">The median of the steps to solve must be below this; null if it does not matter.</param>
/// <param name="EverySeedSolves">Whether a single seed that is not solved in training misses the goal.</param>
internal sealed record Goal(double LeastMean, int? SolvedBefore = null, bool EverySeedSolves = false);

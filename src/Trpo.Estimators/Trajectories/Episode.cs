namespace Trpo.Estimators.Trajectories;

/// <summary>A completed episode.</summary>
/// <param name="Return">The undiscounted sum of the rewards.</param>
/// <param name="Length">The number of steps.</param>
/// <param name="Truncated">True if the episode was truncated, false if it terminated.</param>
internal readonly record struct Episode(double Return, int Length, bool Truncated);

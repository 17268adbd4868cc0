namespace Trpo.Estimators.Rollouts;

/// <summary>An episode that ended.</summary>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Length">The number of its steps.</param>
/// <param name="Truncated">Whether it was cut off rather than came to an end of its own.</param>
internal readonly record struct Episode(double Return, int Length, bool Truncated);

namespace Trpo.Results.Training;

/// <summary>A point of a learning curve, at the end of an iteration.</summary>
/// <param name="Steps">The environment steps so far.</param>
/// <param name="MeanReturn">The mean return of the episodes that ended in the iteration; null if none did.</param>
/// <param name="WindowMean">The mean return of the last episodes, as many as the study's rule has (of all while there are fewer); null before any ended.</param>
/// <param name="IsFull">True if there were that many.</param>
internal sealed record CurvePoint(int Steps, double? MeanReturn, double? WindowMean, bool IsFull);

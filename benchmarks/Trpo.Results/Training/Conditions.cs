namespace Trpo.Results.Training;

/// <summary>The conditions of a measurement.</summary>
/// <param name="Episodes">The number of episodes of an evaluation.</param>
/// <param name="SideBySide">The number of concurrent training runs; times depend on it, returns do not.</param>
internal sealed record Conditions(int Episodes, int SideBySide);

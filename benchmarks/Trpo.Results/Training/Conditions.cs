namespace Trpo.Results.Training;

/// <summary>How results are measured.</summary>
/// <param name="Episodes">The number of episodes of an evaluation.</param>
/// <param name="SideBySide">The number of trainings that run at the same time; no return depends on it, but the times do.</param>
internal sealed record Conditions(int Episodes, int SideBySide);

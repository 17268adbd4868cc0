namespace Trpo.Results.Studies;

/// <summary>The rule that a task is solved once the mean return of the last episodes of training reaches a threshold.</summary>
/// <param name="Threshold">The mean return.</param>
/// <param name="Episodes">The number of episodes, all of which must have ended.</param>
internal sealed record SolvedRule(double Threshold, int Episodes);

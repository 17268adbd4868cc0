namespace Trpo.Results.Studies;

/// <summary>The rule that a seed has learned a task if the mean return of its evaluation reaches a minimum.</summary>
/// <param name="MinReturn">The minimum of the mean return.</param>
/// <param name="Meaning">The meaning of that return, in words.</param>
internal sealed record LearnedRule(double MinReturn, string Meaning);

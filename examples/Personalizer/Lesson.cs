namespace Trpo.Examples.Personalizer;

/// <summary>The outcome of a lesson.</summary>
/// <param name="Verdict">Better, Worse or Undecided; or the reason why there was no lesson.</param>
/// <param name="Details">The estimates, or the reason in words.</param>
internal sealed record Lesson(string Verdict, string Details);

namespace Trpo.Reports.Verdicts;

/// <summary>What one of the signs of health says of a run.</summary>
/// <param name="Subject">The sign.</param>
/// <param name="Grade">How it stands.</param>
/// <param name="Finding">What was measured.</param>
/// <param name="Advice">What to try; null where nothing is to be done.</param>
/// <param name="Chart">The chart that shows it.</param>
internal sealed record Verdict(string Subject, VerdictGrade Grade, string Finding, string? Advice, string Chart);

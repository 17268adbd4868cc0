namespace Trpo.Reports.Verdicts;

/// <summary>A verdict on one sign of a run's health.</summary>
/// <param name="Subject">The name of the sign.</param>
/// <param name="Grade">The grade.</param>
/// <param name="Finding">The measurement, as a sentence.</param>
/// <param name="Advice">The remedies to try; null if nothing needs to be done.</param>
/// <param name="Chart">The id of the chart that shows the sign.</param>
public sealed record Verdict(string Subject, VerdictGrade Grade, string Finding, string? Advice, string Chart)
{
    /// <summary>Creates a verdict without subject and chart, which are added later.</summary>
    internal static Verdict Create(VerdictGrade grade, FormattableString finding, string? advice = null) => new("", grade, FormattableString.Invariant(finding), advice, "");
}

namespace Trpo.Reports.Verdicts;

/// <summary>The health of a run: what its report says at a glance.</summary>
/// <param name="Summary">The verdicts in a few words, such as "all is well" or "1 bad, 2 worth a look".</param>
/// <param name="Verdicts">The verdict on each sign, in the order in which the report shows them.</param>
public sealed record RunHealth(string Summary, IReadOnlyList<Verdict> Verdicts)
{
    /// <summary>Gets the verdicts that ask for something to be done: those that are bad, then those that are worth a look.</summary>
    public IEnumerable<Verdict> Complaints => Verdicts.Where(verdict => verdict.Grade == VerdictGrade.Bad).Concat(Verdicts.Where(verdict => verdict.Grade == VerdictGrade.Warning));

    /// <summary>Creates the health from verdicts.</summary>
    internal static RunHealth Of(IReadOnlyList<Verdict> verdicts)
    {
        int Count(VerdictGrade grade) => verdicts.Count(verdict => verdict.Grade == grade);
        var (bad, warnings) = (Count(VerdictGrade.Bad), Count(VerdictGrade.Warning));
        return new RunHealth(
            Count(VerdictGrade.Unknown) == verdicts.Count ? "too early to say" : bad + warnings == 0 ? "all is well"
                : string.Join(", ", new[] { bad > 0 ? FormattableString.Invariant($"{bad} bad") : "", warnings > 0 ? FormattableString.Invariant($"{warnings} worth a look") : "" }.Where(text => text.Length > 0)),
            verdicts);
    }
}

using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>A comparison with the finished seeds of its candidates.</summary>
/// <param name="Comparison">The comparison.</param>
/// <param name="Rows">The candidates, each with a study for each number of steps; those that nothing was measured of are left out.</param>
internal sealed record MeasuredComparison(Comparison Comparison, IReadOnlyList<(Candidate Candidate, IReadOnlyList<Measured> Measured)> Rows)
{
    public static MeasuredComparison Of(Comparison comparison, ResultsSettings settings)
    {
        var store = new ResultStore(settings.Kept);
        var rows = comparison.Rows.Select(row => (row.Candidate, (IReadOnlyList<Measured>)[.. row.Studies.Select(study => Measured.Of(study, store, settings.Seeds, settings.Episodes))]));
        return new MeasuredComparison(comparison, [.. rows.Where(row => row.Item2.Any(measured => measured.Summary is not null))]);
    }
}

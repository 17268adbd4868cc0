using Trpo.Results.Files;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>What the kept results say of a study.</summary>
/// <param name="Study">The study.</param>
/// <param name="Summary">All its seeds together; null if not all of them were measured with the study's settings.</param>
/// <param name="Finished">The number of seeds that were.</param>
internal sealed record Measured(Study Study, Summary? Summary, int Finished)
{
    /// <summary>Marks what an earlier build of the library reached.</summary>
    public const string EarlierBuild = " ¹";

    public bool IsOfEarlierBuild => Summary is { IsOfThisBuild: false };

    /// <summary>What stands behind the numbers: <see cref="EarlierBuild"/>, or nothing.</summary>
    public string Mark => IsOfEarlierBuild ? EarlierBuild : "";

    /// <summary>Gathers the seeds from 1 on. Results with the same settings that an earlier build of the library reached count, and <see cref="Summary.IsOfThisBuild"/> tells.</summary>
    public static Measured Of(Study study, ResultStore store, int seeds, int episodes)
    {
        var fingerprint = Fingerprint.Of(study, episodes);
        SeedResult[] results = [.. Enumerable.Range(1, seeds)
            .Select(seed => store.Load(study, seed))
            .OfType<SeedResult>()
            .Where(result => result.Fingerprint.AsksTheSameAs(fingerprint))];
        return new Measured(study, results.Length == seeds ? new Summary(study, results) : null, results.Length);
    }
}

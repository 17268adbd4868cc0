using Trpo.Results.Files;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>A study with its finished seeds.</summary>
/// <param name="Study">The study.</param>
/// <param name="Summary">The statistics over all seeds; null if a seed is not finished with the study's settings.</param>
/// <param name="Finished">The number of finished seeds.</param>
internal sealed record Measured(Study Study, Summary? Summary, int Finished)
{
    /// <summary>The mark of results of an earlier build of the library.</summary>
    public const string EarlierBuild = " ¹";

    public bool IsOfEarlierBuild => Summary is { IsOfThisBuild: false };

    /// <summary>The mark behind the numbers: <see cref="EarlierBuild"/>, or the empty string.</summary>
    public string Mark => IsOfEarlierBuild ? EarlierBuild : "";

    /// <summary>Loads the finished seeds of a study, counted from 1. Results of an earlier build of the library with the same settings count too (<see cref="Summary.IsOfThisBuild"/>).</summary>
    public static Measured Of(Study study, ResultStore store, int seeds, int episodes)
    {
        var fingerprint = Fingerprint.Of(study, episodes);
        SeedResult[] results = [.. Enumerable.Range(1, seeds)
            .Select(seed => store.Load(study, seed))
            .OfType<SeedResult>()
            .Where(result => result.Fingerprint.HasSettingsOf(fingerprint))];
        return new Measured(study, results.Length == seeds ? new Summary(study, results) : null, results.Length);
    }
}

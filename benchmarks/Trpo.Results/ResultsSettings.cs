using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>The settings from the command line.</summary>
internal sealed record ResultsSettings
{
    public const int DefaultSeeds = 10;
    public const int DefaultEpisodes = 100;

    /// <summary>The studies of the document.</summary>
    public IReadOnlyList<Study> All { get; init; } = Catalog.All;

    /// <summary>The variations that the studies are compared with.</summary>
    public IReadOnlyList<Variation> Variations { get; init; } = Studies.Variations.All;

    /// <summary>The comparisons of ways to end a training.</summary>
    public IReadOnlyList<Comparison> Candidates { get; init; } = Studies.Candidates.Comparisons;

    /// <summary>The comparisons of families of distributions over bounded actions.</summary>
    public IReadOnlyList<Comparison> Families { get; init; } = BoundedFamilies.Comparisons;

    /// <summary>The names of the variations, candidates and families to measure; empty, the default, for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Determines whether a variation, candidate or family is to be measured.</summary>
    public bool Measures(string name) => Only.Count == 0 || Only.Contains(name);

    /// <summary>The studies to run or to check.</summary>
    public required IReadOnlyList<Study> Chosen { get; init; }

    /// <summary>The number of seeds, counted from 1.</summary>
    public int Seeds { get; init; } = DefaultSeeds;

    /// <summary>The number of episodes of an evaluation.</summary>
    public int Episodes { get; init; } = DefaultEpisodes;

    /// <summary>The number of concurrent training runs.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>True if finished seeds are measured again.</summary>
    public bool Fresh { get; init; }

    /// <summary>The folder of the finished seeds.</summary>
    public required DirectoryInfo Kept { get; init; }

    /// <summary>The folder of the documents.</summary>
    public required DirectoryInfo Documents { get; init; }
}

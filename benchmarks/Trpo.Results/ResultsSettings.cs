using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>What the command line asked for.</summary>
internal sealed record ResultsSettings
{
    public const int DefaultSeeds = 10;
    public const int DefaultEpisodes = 100;

    /// <summary>Every study that the document tells of.</summary>
    public IReadOnlyList<Study> All { get; init; } = Catalog.All;

    /// <summary>What they are compared with.</summary>
    public IReadOnlyList<Variation> Variations { get; init; } = Studies.Variations.All;

    /// <summary>Those to run, or to check.</summary>
    public required IReadOnlyList<Study> Chosen { get; init; }

    /// <summary>How many seeds, from 1 on.</summary>
    public int Seeds { get; init; } = DefaultSeeds;

    /// <summary>The number of episodes of an evaluation.</summary>
    public int Episodes { get; init; } = DefaultEpisodes;

    /// <summary>The number of trainings side by side.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether finished results are measured again.</summary>
    public bool Fresh { get; init; }

    /// <summary>The folder of the finished seeds.</summary>
    public required DirectoryInfo Kept { get; init; }

    /// <summary>The folder of the document.</summary>
    public required DirectoryInfo Documents { get; init; }
}

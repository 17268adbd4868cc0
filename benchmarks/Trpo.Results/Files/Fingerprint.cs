using Trpo.Results.Studies;

namespace Trpo.Results.Files;

/// <summary>Everything but the seed that a result depends on: equal fingerprints and seeds give equal results.</summary>
internal sealed record Fingerprint
{
    /// <summary>All settings, defaults included.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    /// <summary>The build of the library.</summary>
    public required string Library { get; init; }

    /// <summary>The number of episodes of the evaluation.</summary>
    public required int Episodes { get; init; }

    public static Fingerprint Of(Study study, int episodes) => new()
    {
        Settings = [.. SettingsReader.Of(study).Select(setting => setting.ToString())],
        Library = LibraryBuild.Id,
        Episodes = episodes,
    };

    /// <summary>True if the settings and the number of episodes are equal; the build of the library may differ.</summary>
    public bool HasSettingsOf(Fingerprint other) => Settings.SequenceEqual(other.Settings) && Episodes == other.Episodes;

    /// <summary>True if the settings, the number of episodes and the build of the library are equal.</summary>
    public bool Matches(Fingerprint other) => HasSettingsOf(other) && Library == other.Library;
}

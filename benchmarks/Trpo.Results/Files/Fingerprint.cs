using Trpo.Results.Studies;

namespace Trpo.Results.Files;

/// <summary>What a result depends on, but for its seed: equal ones give equal results.</summary>
internal sealed record Fingerprint
{
    /// <summary>All settings, whether they are the defaults or not.</summary>
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

    /// <summary>Whether the settings and the number of episodes are the same; the build of the library may be another.</summary>
    public bool AsksTheSameAs(Fingerprint other) => Settings.SequenceEqual(other.Settings) && Episodes == other.Episodes;

    /// <summary>Whether everything is the same.</summary>
    public bool Matches(Fingerprint other) => AsksTheSameAs(other) && Library == other.Library;
}

using System.CommandLine;

namespace Trpo.Cli.Verbs;

/// <summary>A command with examples and notes in its help.</summary>
/// <param name="name">The name that the user types.</param>
/// <param name="purpose">The purpose, in a sentence.</param>
internal sealed class Verb(string name, string purpose) : Command(name, purpose)
{
    /// <summary>Gets the examples: command lines and their meanings.</summary>
    public required IReadOnlyList<(string Command, string Meaning)> Examples { get; init; }

    /// <summary>Gets further paragraphs, one per line.</summary>
    public string Notes { get; init; } = "";
}

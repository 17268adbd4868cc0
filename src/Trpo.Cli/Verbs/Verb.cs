using System.CommandLine;

namespace Trpo.Cli.Verbs;

/// <summary>A command with more to say in its help: examples, and where files go.</summary>
/// <param name="name">What the user types.</param>
/// <param name="purpose">What it is for, in a sentence.</param>
internal sealed class Verb(string name, string purpose) : Command(name, purpose)
{
    /// <summary>The examples, each a line of a command, and what they mean.</summary>
    public required IReadOnlyList<(string Command, string Meaning)> Examples { get; init; }

    /// <summary>What else is good to know, in sentences.</summary>
    public string Notes { get; init; } = "";
}

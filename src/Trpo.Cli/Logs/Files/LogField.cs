namespace Trpo.Cli.Logs.Files;

/// <summary>A column to load.</summary>
/// <param name="Name">The name in the view.</param>
/// <param name="Type">The type.</param>
internal sealed record LogField(string Name, LogFieldType Type)
{
    /// <summary>Gets the name in the file; the same by default.</summary>
    public string Source { get; init; } = Name;
}

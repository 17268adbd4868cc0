namespace Trpo.Cli.Logs.Files;

/// <summary>A column to load.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The type.</param>
internal sealed record LogField(string Name, LogFieldType Type);

namespace Trpo.Cli.Logs.Files;

/// <summary>A cell that messages name.</summary>
/// <param name="Text">The beginning of its text.</param>
/// <param name="Place">The place, such as "line 12" or "row 11".</param>
internal sealed record CellNote(string Text, string Place);

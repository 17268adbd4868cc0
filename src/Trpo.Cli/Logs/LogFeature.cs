namespace Trpo.Cli.Logs;

/// <summary>A column that a policy sees.</summary>
/// <param name="Name">The name.</param>
/// <param name="IsText">True if its texts are categories; false for numbers.</param>
internal sealed record LogFeature(string Name, bool IsText);

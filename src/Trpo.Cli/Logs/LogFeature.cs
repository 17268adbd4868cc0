namespace Trpo.Cli.Logs;

/// <summary>A column that a policy sees.</summary>
/// <param name="Name">The name by which the policy reads it.</param>
/// <param name="IsText">True if its texts are categories; false for numbers.</param>
internal sealed record LogFeature(string Name, bool IsText)
{
    /// <summary>Gets the name in the file, which may differ in case; the same by default.</summary>
    public string Source { get; init; } = Name;
}

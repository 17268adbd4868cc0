namespace TrpoApp._1;

/// <summary>The response.</summary>
/// <param name="Action">The name of the action.</param>
public sealed record Decision(string Action);

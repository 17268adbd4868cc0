namespace Trpo.Cli.Logs;

/// <summary>A column that a policy does not see.</summary>
/// <param name="Name">The name.</param>
/// <param name="Reason">The reason, as a sentence about the column without a full stop.</param>
internal sealed record LogLeftOut(string Name, string Reason);

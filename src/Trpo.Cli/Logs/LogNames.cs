namespace Trpo.Cli.Logs;

/// <summary>The names of the columns of a log that a command line gives; null for those that it leaves to the defaults.</summary>
internal sealed record LogNames
{
    /// <summary>Gets the column of the action.</summary>
    public string? Action { get; init; }

    /// <summary>Gets the column of the reward.</summary>
    public string? Reward { get; init; }

    /// <summary>Gets the column of the probability.</summary>
    public string? Probability { get; init; }

    /// <summary>Gets the column of the logarithm of the probability.</summary>
    public string? LogProbability { get; init; }

    /// <summary>Gets the columns that a policy sees; null for all others.</summary>
    public IReadOnlyList<string>? Features { get; init; }

    /// <summary>Gets the columns that nobody sees.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Gets the columns whose numbers are names.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Gets the beginning of the names of the columns that tell which actions could be taken; null if all could be.</summary>
    public string? Eligible { get; init; }

    /// <summary>Gets the column of the episodes; null if decisions are independent of each other.</summary>
    public string? Episode { get; init; }

    /// <summary>Gets the column of the steps within the episodes; null if they are in the order of the rows.</summary>
    public string? Step { get; init; }
}

using System.Text.Json.Serialization;

namespace Trpo.Cli.Logs;

/// <summary>The origin of a policy that was learned from a log: the log, the rows and the columns.</summary>
internal sealed record LogProvenance
{
    /// <summary>The version of the file that has this record.</summary>
    public const int CurrentVersion = 3;

    /// <summary>Gets the version of the file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Gets the path of the log.</summary>
    public required string Data { get; init; }

    /// <summary>Gets the table of the log; null for the only one.</summary>
    public string? Table { get; init; }

    /// <summary>Gets the number of rows that the policy was learned from: the first of the log.</summary>
    public required long Learned { get; init; }

    /// <summary>Gets the number of rows behind them that it was evaluated on.</summary>
    public required long HeldOut { get; init; }

    /// <summary>Gets the hash of the first rows (<see cref="Logs.FirstRows"/>); null in a file of version 1.</summary>
    public string? FirstRows { get; init; }

    /// <summary>Gets the samples of the rows that the policy was learned from; null in a file of version 1 or 2.</summary>
    public LearnedSample? Sample { get; init; }

    /// <summary>Gets the column of the action.</summary>
    public required string Action { get; init; }

    /// <summary>Gets the column of the reward.</summary>
    public required string Reward { get; init; }

    /// <summary>Gets the column of the probability; null if <see cref="LogProbability"/> is named.</summary>
    public string? Probability { get; init; }

    /// <summary>Gets the column of the logarithm of the probability; null if <see cref="Probability"/> is named.</summary>
    public string? LogProbability { get; init; }

    /// <summary>Gets the beginning of the names of the columns that tell which actions could be taken; null if all could be.</summary>
    public string? Eligible { get; init; }

    /// <summary>Gets the columns that the policy sees.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>Gets the columns that it does not see, with the reasons.</summary>
    public IReadOnlyList<LogLeftOut> LeftOut { get; init; } = [];

    /// <summary>Gets the names of action, reward and probability.</summary>
    [JsonIgnore]
    public LogNames Names => new() { Action = Action, Reward = Reward, Probability = Probability, LogProbability = LogProbability, Eligible = Eligible };
}

namespace Trpo.Estimators.Shards;

/// <summary>The names of the states of shards in checkpoints.</summary>
internal static class ShardStates
{
    /// <summary>The name of the number of shards. A checkpoint of a single shard has none.</summary>
    public const string Count = "number of shards";

    /// <summary>Returns the name of the state of a shard.</summary>
    public static string NameOf(int shard) => FormattableString.Invariant($"shard {shard}");

    /// <summary>Returns the name of the observations that the environments of a shard are at.</summary>
    public static string CollectorOf(int shard) => FormattableString.Invariant($"shard {shard}, rollout in progress");

    /// <summary>Returns the name of the states of the environments of a shard.</summary>
    public static string EnvironmentsOf(int shard) => FormattableString.Invariant($"shard {shard}, environments");
}

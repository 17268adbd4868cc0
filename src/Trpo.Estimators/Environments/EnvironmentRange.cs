namespace Trpo.Estimators.Environments;

/// <summary>The division of environments among the shards of a training: consecutive ones, as equal as possible.</summary>
internal static class EnvironmentRange
{
    /// <summary>Returns the index of the first environment of a shard.</summary>
    /// <param name="shard">The index of the shard; that behind the last one gives the number of environments.</param>
    /// <param name="environments">The number of environments, <c>E</c>.</param>
    /// <param name="shards">The number of shards, <c>K</c>.</param>
    public static int First(int shard, int environments, int shards) => (int)((long)environments * shard / shards);
}

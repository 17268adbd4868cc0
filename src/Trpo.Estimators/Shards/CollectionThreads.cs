namespace Trpo.Estimators.Shards;

/// <summary>The threads on which shards collect their rollouts. At most as many environments are stepped at the same time as <c>LoadFromEnvironment</c> was given threads, but for asynchronous ones.</summary>
/// <param name="Collectors">The number of threads that collect, each for one shard at a time.</param>
/// <param name="SteppingThreads">The number of threads that step the environments of a shard.</param>
/// <param name="Turns">The number of shards that step their environments at the same time; null for all that collect.</param>
internal readonly record struct CollectionThreads(int Collectors, int SteppingThreads, int? Turns)
{
    /// <summary>Divides threads among shards.</summary>
    /// <param name="shards">The number of shards, <c>K</c>.</param>
    /// <param name="threads">The number of threads that step environments, at least 1.</param>
    /// <param name="hasAsynchronous">True if environments are stepped asynchronously: their calls wait for the most part, so that all shards make theirs at once.</param>
    public static CollectionThreads Of(int shards, int threads, bool hasAsynchronous)
    {
        if (hasAsynchronous)
            return new CollectionThreads(shards, Math.Max(1, threads / shards), null);
        if (threads == 1 || shards % threads == 0 || threads % shards == 0)
            return new CollectionThreads(Math.Min(shards, threads), Math.Max(1, threads / shards), null);

        // Some threads would be left over, or some shards would wait for whole rollouts of others: all shards collect, and step their environments in turns.
        var each = (threads + shards - 1) / shards;
        return new CollectionThreads(shards, each, Math.Max(1, threads / each));
    }
}

using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Shards;

/// <summary>The threads that run the shards of a training. Results do not depend on their numbers.</summary>
internal sealed class ShardThreads : IDisposable
{
    private const string Name = "Trpo shards";

    /// <param name="shards">The number of shards, <c>K</c>.</param>
    /// <param name="threads">The largest number of threads that update, at least 1.</param>
    /// <param name="collectors">The largest number of threads that collect rollouts, at least 1.</param>
    public ShardThreads(int shards, int threads, int collectors)
    {
        FitsBesideUpdate = threads >= 2L * shards;
        Updates = new PartThreads(Math.Min(threads, shards), Name);
        ValueFit = FitsBesideUpdate && shards > 1 ? new PartThreads(shards, $"{Name}, value fit") : Updates;
        Collection = Math.Min(collectors, shards) is var count && count == Updates.Count ? Updates : new PartThreads(count, $"{Name}, rollout");
    }

    /// <summary>The threads of everything but rollouts and the value fit.</summary>
    public PartThreads Updates { get; }

    /// <summary>The threads of the value function's fit.</summary>
    public PartThreads ValueFit { get; }

    /// <summary>The threads of rollouts, on which environments and the transforms in front of the policy run.</summary>
    public PartThreads Collection { get; }

    /// <summary>True if there are threads for the value function's fit while others update the policy.</summary>
    public bool FitsBesideUpdate { get; }

    /// <summary>Describes the numbers of threads.</summary>
    public override string ToString() => FormattableString.Invariant($"with {Updates.Count} threads for updates and {Collection.Count} for rollouts");

    /// <summary>Ends the threads and waits for them.</summary>
    public void Dispose()
    {
        Updates.Dispose();
        ValueFit.Dispose();
        Collection.Dispose();
    }
}

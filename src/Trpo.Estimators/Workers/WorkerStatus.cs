namespace Trpo.Estimators.Workers;

/// <summary>The present state of a <see cref="Hosting.ShardWorker"/>, for lists and monitoring.</summary>
public sealed record WorkerStatus
{
    /// <summary>Gets the identifier of the training; empty before a block has begun.</summary>
    public Guid Training { get; init; }

    /// <summary>Gets the registered name of the environment; empty before a block has begun.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Gets the index of the first shard of the block.</summary>
    public int FirstShard { get; init; }

    /// <summary>Gets the number of shards of the block; 0 before a block has begun.</summary>
    public int Shards { get; init; }

    /// <summary>Gets the number of environments of the block.</summary>
    public int Environments { get; init; }

    /// <summary>Gets the number of times that the block was begun here or elsewhere: 1 for one that was never lost or moved.</summary>
    public int Begins { get; init; }

    /// <summary>Gets the number of environment steps that were made here.</summary>
    public long Steps { get; init; }

    /// <summary>Gets the time that those steps took.</summary>
    public TimeSpan RolloutTime { get; init; }

    /// <summary>Gets the number of failed environments that have been replaced by new ones since training began.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the operation that is at work, such as <c>Collect</c>; empty for none.</summary>
    public string Operation { get; init; } = "";
}

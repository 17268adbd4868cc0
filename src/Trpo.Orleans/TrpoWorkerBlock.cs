namespace Trpo.Orleans;

/// <summary>A block of shards of a training on a silo: its present state.</summary>
public sealed record TrpoWorkerBlock
{
    /// <summary>Gets the identifier of the training; empty before the block has begun.</summary>
    public Guid Training { get; init; }

    /// <summary>Gets the registered name of the environment; empty before the block has begun.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Gets the index of the first shard.</summary>
    public int FirstShard { get; init; }

    /// <summary>Gets the number of shards; 0 before the block has begun.</summary>
    public int Shards { get; init; }

    /// <summary>Gets the number of environments.</summary>
    public int Environments { get; init; }

    /// <summary>Gets the number of times that the block was begun, on this silo or on others: 1 for one that was never lost or moved.</summary>
    public int Begins { get; init; }

    /// <summary>Gets the number of environment steps that were made on this silo.</summary>
    public long Steps { get; init; }

    /// <summary>Gets the time that those steps took.</summary>
    public TimeSpan RolloutTime { get; init; }

    /// <summary>Gets the speed of those steps, in environment steps per second of a rollout; 0 before any were made.</summary>
    public double StepsPerSecond => RolloutTime > TimeSpan.Zero ? Steps / RolloutTime.TotalSeconds : 0;

    /// <summary>Gets the number of failed environments that have been replaced by new ones since training began.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the operation that is at work, such as <c>Collect</c>; empty for none.</summary>
    public string Operation { get; init; } = "";
}

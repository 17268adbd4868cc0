namespace Trpo.Orleans.Grains;

/// <summary>A block of shards on a silo, with the state of its worker. Silos of another version may leave the later members out.</summary>
/// <param name="Key">The key of its grain.</param>
/// <param name="Shards">The number of its shards; 0 for a block that has not begun yet.</param>
[GenerateSerializer, Immutable, Alias("Trpo.BlockReport")]
internal sealed record BlockReport([property: Id(0)] string Key, [property: Id(1)] int Shards)
{
    /// <summary>Gets the identifier of the training.</summary>
    [Id(2)]
    public Guid Training { get; init; }

    /// <summary>Gets the registered name of the environment.</summary>
    [Id(3)]
    public string? Environment { get; init; }

    /// <summary>Gets the index of the first shard.</summary>
    [Id(4)]
    public int FirstShard { get; init; }

    /// <summary>Gets the number of environments.</summary>
    [Id(5)]
    public int Environments { get; init; }

    /// <summary>Gets the number of times that the block was begun, here or elsewhere.</summary>
    [Id(6)]
    public int Begins { get; init; }

    /// <summary>Gets the number of environment steps that were made here.</summary>
    [Id(7)]
    public long Steps { get; init; }

    /// <summary>Gets the time that those steps took.</summary>
    [Id(8)]
    public TimeSpan RolloutTime { get; init; }

    /// <summary>Gets the number of failed environments that have been replaced.</summary>
    [Id(9)]
    public int Restarts { get; init; }

    /// <summary>Gets the operation that is at work.</summary>
    [Id(10)]
    public string? Operation { get; init; }

    /// <summary>True if the block has ended, and its environments are still being disposed: it takes part in no training, and its place is free.</summary>
    [Id(11)]
    public bool HasEnded { get; init; }
}

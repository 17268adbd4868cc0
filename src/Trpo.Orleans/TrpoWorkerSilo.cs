namespace Trpo.Orleans;

/// <summary>The workers of a silo (<see cref="ClusterClientExtensions.GetTrpoWorkersAsync"/>).</summary>
public sealed record TrpoWorkerSilo
{
    /// <summary>Gets the address of the silo within the cluster, such as <c>10.0.0.4:11111</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>Gets the number of shards that the silo takes (<see cref="TrpoWorkerOptions.Capacity"/>); 0 if it has no workers, stops, or did not answer.</summary>
    public int Capacity { get; init; }

    /// <summary>Gets the blocks of shards on the silo.</summary>
    public IReadOnlyList<TrpoWorkerBlock> Blocks { get; init; } = [];

    /// <summary>Gets the number of shards of the blocks.</summary>
    public int Shards => Blocks.Sum(block => block.Shards);

    /// <summary>Gets the reason for which the silo did not answer, within two seconds; null if it did.</summary>
    public string? Failure { get; init; }
}

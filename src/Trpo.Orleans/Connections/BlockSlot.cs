namespace Trpo.Orleans.Connections;

/// <summary>The place of a block on a silo, which no other block has.</summary>
/// <param name="silo">The silo.</param>
/// <param name="key">The key of the block's grain there.</param>
internal sealed class BlockSlot(SiloAddress silo, string key)
{
    /// <summary>Gets the silo.</summary>
    public SiloAddress Silo { get; } = silo;

    /// <summary>Gets the key of the block's grain there.</summary>
    public string Key { get; } = key;

    /// <summary>Gets or sets the number of shards of the block, which the plan learns from its silo; 1 before the block has begun anywhere.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>True if a call was sent to the grain, which may exist since then.</summary>
    public bool IsCalled { get; set; }
}

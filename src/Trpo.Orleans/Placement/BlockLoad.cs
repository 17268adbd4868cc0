namespace Trpo.Orleans.Placement;

/// <summary>The share of a block in the load of its silo.</summary>
/// <param name="Key">The key of the block's grain.</param>
/// <param name="Silo">The silo.</param>
/// <param name="Shards">The number of shards of the block.</param>
internal readonly record struct BlockLoad(string Key, SiloAddress Silo, int Shards);

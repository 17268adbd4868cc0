namespace Trpo.Orleans.Grains;

/// <summary>A block of shards on a silo.</summary>
/// <param name="Key">The key of its grain.</param>
/// <param name="Shards">The number of its shards; 0 for a block that has not begun yet.</param>
[GenerateSerializer, Immutable, Alias("Trpo.BlockReport")]
internal sealed record BlockReport([property: Id(0)] string Key, [property: Id(1)] int Shards);


namespace Trpo.Orleans.Grains;

/// <summary>The load of a silo, and the silos that it knows.</summary>
/// <param name="Capacity">The number of shards that the silo takes; 0 for a silo without workers.</param>
/// <param name="Blocks">The blocks that it has.</param>
/// <param name="Silos">The active silos that may have workers, this one included.</param>
[GenerateSerializer, Immutable, Alias("Trpo.SiloReport")]
internal sealed record SiloReport([property: Id(0)] int Capacity, [property: Id(1)] BlockReport[] Blocks, [property: Id(2)] SiloAddress[] Silos);


namespace Trpo.Orleans.Placement;

/// <summary>The load of a silo.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Capacity">The number of blocks that the silo takes; 0 for a silo without workers.</param>
/// <param name="Blocks">The number of blocks that it has.</param>
internal readonly record struct SiloLoad(SiloAddress Silo, int Capacity, int Blocks)
{
    /// <summary>Gets the share of the capacity that is taken once another block has come.</summary>
    private double LoadOfNext => (Blocks + 1.0) / Capacity;

    /// <summary>Chooses the silo that a block is placed on: the one with the lowest load relative to its capacity; of equal ones, the larger one, then the one with the lower address.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="avoided">The silo that the block has left, which is chosen only if there is no other; null for none.</param>
    /// <returns>The silo; null if none takes blocks.</returns>
    public static SiloAddress? Choose(IEnumerable<SiloLoad> loads, SiloAddress? avoided) => loads
        .Where(load => load.Capacity > 0)
        .OrderBy(load => load.Silo.Equals(avoided))
        .ThenBy(load => load.LoadOfNext)
        .ThenByDescending(load => load.Capacity)
        .ThenBy(load => load.Silo.Endpoint.Address.ToString(), StringComparer.Ordinal)
        .ThenBy(load => load.Silo.Endpoint.Port)
        .Select(load => load.Silo)
        .FirstOrDefault();
}


namespace Trpo.Orleans.Placement;

/// <summary>The load of a silo.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Capacity">The number of shards that the silo takes; 0 for a silo without workers.</param>
/// <param name="Shards">The number of shards that it has.</param>
internal readonly record struct SiloLoad(SiloAddress Silo, int Capacity, int Shards)
{
    /// <summary>Gets the share of the capacity that is taken; infinite for shards on a silo that takes none.</summary>
    private double Load => Capacity > 0 ? (double)Shards / Capacity : double.PositiveInfinity;

    /// <summary>Chooses the silo that a block is placed on: the one with the lowest load relative to its capacity; of equal ones, the larger one, then the one with the lower address.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="avoided">The silo that the block has left, which is chosen only if there is no other; null for none.</param>
    /// <param name="size">The number of shards of the block.</param>
    /// <returns>The silo; null if none takes blocks.</returns>
    public static SiloAddress? Choose(IEnumerable<SiloLoad> loads, SiloAddress? avoided, int size) => ByAddress(loads
        .Where(load => load.Capacity > 0)
        .OrderBy(load => load.Silo.Equals(avoided))
        .ThenBy(load => load.LoadWith(size))
        .ThenByDescending(load => load.Capacity))
        .Select(load => load.Silo)
        .FirstOrDefault();

    /// <summary>Finds the moves that level the load: each takes a block from the silo with the highest load to one that has a lower load also afterwards.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="movable">The number of blocks of each silo that may move.</param>
    /// <param name="size">The number of shards of each of these blocks.</param>
    /// <returns>The silos that a block leaves, one of several as many times; empty where no move makes the load more even.</returns>
    public static IReadOnlyList<SiloAddress> FindMoves(IEnumerable<SiloLoad> loads, IReadOnlyDictionary<SiloAddress, int> movable, int size)
    {
        var moves = new List<SiloAddress>();
        var all = loads.ToDictionary(load => load.Silo);
        var left = movable.ToDictionary();
        while (Choose(all.Values, avoided: null, size) is { } to)
        {
            var target = all[to];
            var sources = all.Values.Where(load => load.Shards >= size && load.Load > target.LoadWith(size) && left.GetValueOrDefault(load.Silo) > 0).OrderByDescending(load => load.Load);
            if (ByAddress(sources).Select(load => load.Silo).FirstOrDefault() is not { } from)
                break;
            all[from] = all[from] with { Shards = all[from].Shards - size };
            all[to] = target with { Shards = target.Shards + size };
            left[from]--;
            moves.Add(from);
        }

        return moves;
    }

    private double LoadWith(int more) => ((double)Shards + more) / Capacity;

    private static IOrderedEnumerable<SiloLoad> ByAddress(IOrderedEnumerable<SiloLoad> loads) =>
        loads.ThenBy(load => load.Silo.Endpoint.Address.ToString(), StringComparer.Ordinal).ThenBy(load => load.Silo.Endpoint.Port);
}

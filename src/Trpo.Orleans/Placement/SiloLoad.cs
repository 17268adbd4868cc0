
namespace Trpo.Orleans.Placement;

/// <summary>The load of a silo.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Capacity">The number of blocks that the silo takes; 0 for a silo without workers.</param>
/// <param name="Blocks">The number of blocks that it has.</param>
internal readonly record struct SiloLoad(SiloAddress Silo, int Capacity, int Blocks)
{
    /// <summary>Gets the share of the capacity that is taken; infinite for blocks on a silo that takes none.</summary>
    private double Load => Capacity > 0 ? (double)Blocks / Capacity : double.PositiveInfinity;

    /// <summary>Gets the share of the capacity that is taken once another block has come.</summary>
    private double LoadOfNext => (Blocks + 1.0) / Capacity;

    /// <summary>Chooses the silo that a block is placed on: the one with the lowest load relative to its capacity; of equal ones, the larger one, then the one with the lower address.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="avoided">The silo that the block has left, which is chosen only if there is no other; null for none.</param>
    /// <returns>The silo; null if none takes blocks.</returns>
    public static SiloAddress? Choose(IEnumerable<SiloLoad> loads, SiloAddress? avoided) => ByAddress(loads
        .Where(load => load.Capacity > 0)
        .OrderBy(load => load.Silo.Equals(avoided))
        .ThenBy(load => load.LoadOfNext)
        .ThenByDescending(load => load.Capacity))
        .Select(load => load.Silo)
        .FirstOrDefault();

    /// <summary>Finds the moves that level the load: each takes a block from the silo with the highest load to one that has a lower load also afterwards.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="movable">The number of blocks of each silo that may move.</param>
    /// <returns>The silos that a block leaves, one of several as many times; empty where no move makes the load more even.</returns>
    public static IReadOnlyList<SiloAddress> FindMoves(IEnumerable<SiloLoad> loads, IReadOnlyDictionary<SiloAddress, int> movable)
    {
        var moves = new List<SiloAddress>();
        var all = loads.ToDictionary(load => load.Silo);
        var left = movable.ToDictionary();
        while (Choose(all.Values, avoided: null) is { } to)
        {
            var target = all[to];
            var sources = all.Values.Where(load => load.Blocks > 0 && load.Load > target.LoadOfNext && left.GetValueOrDefault(load.Silo) > 0).OrderByDescending(load => load.Load);
            if (ByAddress(sources).Select(load => load.Silo).FirstOrDefault() is not { } from)
                break;
            all[from] = all[from] with { Blocks = all[from].Blocks - 1 };
            all[to] = target with { Blocks = target.Blocks + 1 };
            left[from]--;
            moves.Add(from);
        }

        return moves;
    }

    private static IOrderedEnumerable<SiloLoad> ByAddress(IOrderedEnumerable<SiloLoad> loads) =>
        loads.ThenBy(load => load.Silo.Endpoint.Address.ToString(), StringComparer.Ordinal).ThenBy(load => load.Silo.Endpoint.Port);
}

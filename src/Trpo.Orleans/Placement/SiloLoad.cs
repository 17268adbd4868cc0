namespace Trpo.Orleans.Placement;

/// <summary>The load of a silo.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Capacity">The number of shards that the silo takes; 0 for a silo without workers.</param>
/// <param name="Shards">The number of shards that it has.</param>
internal readonly record struct SiloLoad(SiloAddress Silo, int Capacity, int Shards)
{
    // A block may have left its silo because of a pause. If the other silos are much fuller by then, they are no better place.
    private const double LoadOfAvoidance = 1;

    /// <summary>Gets the number of blocks that the client which chooses has there.</summary>
    public int Own { get; init; }

    /// <summary>Gets the share of the capacity that is taken; infinite for a silo that takes no shards.</summary>
    private double Load => Capacity > 0 ? (double)Shards / Capacity : double.PositiveInfinity;

    /// <summary>Chooses the silo that a block is placed on: the one with the lowest load relative to its capacity; of equal ones, the larger one, then the one with fewer blocks of
    /// the client (a block of an earlier training may be about to end, so that equal loads soon differ by the own blocks alone), then the one with the lower address.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="avoided">The silo that the block has left, which counts as if its whole capacity were taken once more; null for none.</param>
    /// <param name="size">The number of shards of the block.</param>
    /// <returns>The silo; null if none takes blocks.</returns>
    public static SiloAddress? Choose(IEnumerable<SiloLoad> loads, SiloAddress? avoided, int size) => ByAddress(loads
        .Where(load => load.Capacity > 0)
        .OrderBy(load => load.LoadWith(size) + (load.Silo.Equals(avoided) ? LoadOfAvoidance : 0))
        .ThenByDescending(load => load.Capacity)
        .ThenBy(load => load.Own))
        .Select(load => load.Silo)
        .FirstOrDefault();

    /// <summary>Finds the silo that a block moves to: one whose load is lower than that of the block's silo also with the block.</summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="from">The silo of the block.</param>
    /// <param name="size">The number of shards of the block.</param>
    /// <returns>The silo; null if no move makes the load more even, or the load of the block's silo is not known.</returns>
    public static SiloAddress? FindTarget(IReadOnlyCollection<SiloLoad> loads, SiloAddress from, int size)
    {
        if (Choose(loads.Where(load => !load.Silo.Equals(from)), avoided: null, size) is not { } to)
            return null;
        var target = loads.First(load => load.Silo.Equals(to));
        return loads.Any(load => load.Silo.Equals(from) && load.Load > target.LoadWith(size)) ? to : null;
    }

    /// <summary>
    /// Finds the moves that level the load: each takes a block from a silo with a high load to one that has a lower load also afterwards. Of the blocks of a silo, those move whose keys sort first, so
    /// that all clients which know the same loads find the same moves.
    /// </summary>
    /// <param name="loads">The silos, in any order.</param>
    /// <param name="movable">The blocks that may move, in any order.</param>
    /// <returns>The keys of the blocks that move; empty where no move makes the load more even.</returns>
    public static IReadOnlyList<string> FindMoves(IEnumerable<SiloLoad> loads, IEnumerable<BlockLoad> movable)
    {
        var moves = new List<string>();
        var all = loads.ToDictionary(load => load.Silo);
        var left = movable.OrderBy(block => block.Key, StringComparer.Ordinal).ToList();
        while (FindMove(all.Values, left) is { } move)
        {
            var (block, to) = move;
            all[block.Silo] = all[block.Silo] with { Shards = all[block.Silo].Shards - block.Shards };
            all[to] = all[to] with { Shards = all[to].Shards + block.Shards };
            left.Remove(block);
            moves.Add(block.Key);
        }

        return moves;
    }

    private static (BlockLoad Block, SiloAddress To)? FindMove(IReadOnlyCollection<SiloLoad> loads, List<BlockLoad> left)
    {
        foreach (var from in ByAddress(loads.OrderByDescending(load => load.Load)))
        {
            // Blocks of one size have the same target.
            foreach (var block in left.Where(block => block.Silo.Equals(from.Silo)).DistinctBy(block => block.Shards))
            {
                if (FindTarget(loads, from.Silo, block.Shards) is { } to)
                    return (block, to);
            }
        }

        return null;
    }

    private double LoadWith(int more) => ((double)Shards + more) / Capacity;

    private static IOrderedEnumerable<SiloLoad> ByAddress(IOrderedEnumerable<SiloLoad> loads) =>
        loads.ThenBy(load => load.Silo.Endpoint.Address.ToString(), StringComparer.Ordinal).ThenBy(load => load.Silo.Endpoint.Port);
}

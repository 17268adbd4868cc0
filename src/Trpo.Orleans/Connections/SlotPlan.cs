using Trpo.Estimators.Workers;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Connections;

/// <summary>
/// Chooses the silos of blocks, one block after another: each goes where the load is lowest relative to the capacity, and leaves when silos have joined and a move levels the load. Clients that share a
/// cluster do not talk to each other, and converge all the same: each makes half of its part of the moves that all of them find, and looks again before each.
/// </summary>
/// <param name="cluster">The name of the cluster, for messages.</param>
/// <param name="ask">Asks the silos for their load.</param>
/// <param name="time">The source of time.</param>
/// <param name="lookInterval">The shortest time between two looks at the load of the cluster.</param>
internal sealed class SlotPlan(string cluster, Func<Task<IReadOnlyDictionary<SiloAddress, SiloReport>>> ask, TimeProvider time, TimeSpan lookInterval)
{
    // The blocks of a training come at once, and need not each ask all silos.
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<BlockSlot> _slots = [];
    private readonly HashSet<BlockSlot> _leaving = [];

    // Grains that are about to end: those that silos still report.
    private readonly HashSet<string> _left = new(StringComparer.Ordinal);

    // Blocks of others that a look expected to move. A later look that still finds them does not wait for them again.
    private readonly HashSet<string> _expected = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<SiloAddress, SiloReport>? _reports;
    private int _pending;
    private long _asked;
    private long _looked = time.GetTimestamp();
    private Task _last = Task.CompletedTask;

    /// <summary>Chooses the silo of a block.</summary>
    /// <param name="block">The name of the block.</param>
    /// <param name="move">The number of times that it was moved.</param>
    /// <param name="left">The slot that the block has given up, which the plan forgets; its silo counts as fuller than it is. Null for none.</param>
    /// <exception cref="WorkerException">No silo takes blocks.</exception>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public Task<BlockSlot> TakeAsync(string block, int move, BlockSlot? left)
    {
        lock (_lock)
        {
            if (left is not null)
                Release(left);
            return Enqueue(TakeAfterAsync(_last, block, move, left, time.GetTimestamp()));
        }
    }

    /// <summary>Chooses another silo for a block that is well where it is, if that still makes the load more even. Does not fail.</summary>
    /// <param name="block">The name of the block.</param>
    /// <param name="move">The number of times that it was moved, this one included.</param>
    /// <param name="slot">The present slot, which the plan forgets if there is a better one.</param>
    /// <returns>The new slot, or the present one.</returns>
    public Task<BlockSlot> MoveAsync(string block, int move, BlockSlot slot)
    {
        lock (_lock)
            return Enqueue(MoveAfterAsync(_last, block, move, slot, time.GetTimestamp()));
    }

    /// <summary>Forgets a slot that a block has left.</summary>
    public void Release(BlockSlot slot)
    {
        lock (_lock)
        {
            _slots.Remove(slot);
            _leaving.Remove(slot);
            _left.Add(slot.Key);
        }
    }

    /// <summary>Returns true if a move of the block would level the load, as far as the last look at the cluster tells. Looks again in the background from time to time.</summary>
    public bool ShouldLeave(BlockSlot slot)
    {
        lock (_lock)
        {
            // A look that fails finds nothing to move; the next one may.
            if (time.GetElapsedTime(_looked) > lookInterval)
                LookAsync().Ignore();
            return _leaving.Contains(slot);
        }
    }

    /// <summary>Looks at the load of the cluster, and decides which blocks should leave.</summary>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public Task LookAsync()
    {
        lock (_lock)
        {
            _looked = time.GetTimestamp();
            return _last = LookAfterAsync(_last, _looked);
        }
    }

    private Task<BlockSlot> Enqueue(Task<BlockSlot> slot)
    {
        _pending++;
        _last = slot;

        // A move takes a slot before anyone asks for it; the call that does sees the failure.
        slot.Ignore();
        return slot;
    }

    private async Task<BlockSlot> TakeAfterAsync(Task previous, string block, int move, BlockSlot? left, long now)
    {
        try
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);

            // A block that moves knows of a change that earlier reports do not, unless they miss its silo too.
            var isNews = left is not null && _reports?.ContainsKey(left.Silo) != false;
            var reports = await ReportsAsync(isNews ? now : now - (long)(ReportLifetime.TotalSeconds * time.TimestampFrequency)).ConfigureAwait(false);
            lock (_lock)
            {
                var shards = left?.Shards ?? 1;
                if (SiloLoad.Choose(LoadsOf(reports), left?.Silo, shards) is { } silo)
                    return Take(silo, move, block, shards);

                // Silos may be about to join: the next attempt asks again.
                _reports = null;
                throw new WorkerException($"None of the {reports.Count} silos of the {cluster} that answered runs workers: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of some.");
            }
        }
        finally
        {
            lock (_lock)
                _pending--;
        }
    }

    private async Task<BlockSlot> MoveAfterAsync(Task previous, string block, int move, BlockSlot slot, long now)
    {
        try
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            var asked = ReportsAsync(now);
            await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
            {
                // Since the look, others may have moved, and a cluster that does not answer is no reason to move.
                _leaving.Remove(slot);
                if (!asked.IsCompletedSuccessfully || SiloLoad.FindTarget(LoadsOf(asked.Result), slot.Silo, slot.Shards) is not { } silo)
                    return slot;
                Release(slot);
                return Take(silo, move, block, slot.Shards);
            }
        }
        finally
        {
            lock (_lock)
                _pending--;
        }
    }

    private async Task LookAfterAsync(Task previous, long now)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var reports = await ReportsAsync(now).ConfigureAwait(false);
        lock (_lock)
        {
            // Blocks that are on their way have no silo yet, and would be missed.
            _leaving.Clear();
            if (_pending > 0)
                return;

            // A silo that has not answered now may be slow for a moment; its blocks are no reason to act, and the training sees by itself whether they are lost.
            var blocks = BlocksOf(reports);
            _expected.IntersectWith(blocks.Select(block => block.Key));
            var slots = _slots.ToLookup(slot => slot.Key, StringComparer.Ordinal);
            var moves = SiloLoad.FindMoves(LoadsOf(reports), blocks.Where(block => !_expected.Contains(block.Key)));
            var own = moves.Where(slots.Contains).ToArray();

            // Others may see another load than this client, and act on it at the same time: the half leaves room for that.
            _leaving.UnionWith(own.Take((own.Length + 1) / 2).SelectMany(key => slots[key]));
            _expected.UnionWith(moves.Except(own));
        }
    }

    private BlockSlot Take(SiloAddress silo, int move, string block, int shards)
    {
        var slot = new BlockSlot(silo, WorkerKey.OfBlock(silo, move, block)) { Shards = shards };
        _slots.Add(slot);
        return slot;
    }

    private async Task<IReadOnlyDictionary<SiloAddress, SiloReport>> ReportsAsync(long oldest)
    {
        if (_reports is null || _asked < oldest)
        {
            var asked = time.GetTimestamp();
            _reports = await ask().ConfigureAwait(false);
            _asked = asked;
            lock (_lock)
            {
                var blocks = _reports.Values.SelectMany(report => report.Blocks).ToDictionary(block => block.Key, StringComparer.Ordinal);
                _left.IntersectWith(blocks.Keys);
                foreach (var slot in _slots)
                {
                    if (blocks.GetValueOrDefault(slot.Key)?.Shards is > 0 and var shards)
                        slot.Shards = shards;
                }
            }
        }

        return _reports;
    }

    private SiloLoad[] LoadsOf(IReadOnlyDictionary<SiloAddress, SiloReport> reports)
    {
        var shards = BlocksOf(reports).ToLookup(block => block.Silo, block => block.Shards);
        return [.. reports.Select(report => new SiloLoad(report.Key, report.Value.Capacity, shards[report.Key].Sum()) { Own = _slots.Count(slot => slot.Silo.Equals(report.Key)) })];
    }

    // A slot that was just taken is no block on its silo yet; later it is both, and counts once. A silo still reports one that was just left, and one that has ended while its environments are disposed.
    private BlockLoad[] BlocksOf(IReadOnlyDictionary<SiloAddress, SiloReport> reports) =>
    [
        .. _slots.Where(slot => reports.ContainsKey(slot.Silo)).Select(slot => new BlockLoad(slot.Key, slot.Silo, slot.Shards))
            .UnionBy(
                reports.SelectMany(report => report.Value.Blocks.Where(block => !block.HasEnded && !_left.Contains(block.Key)).Select(block => new BlockLoad(block.Key, report.Key, Math.Max(block.Shards, 1)))),
                block => block.Key,
                StringComparer.Ordinal),
    ];
}

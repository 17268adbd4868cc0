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
internal sealed class SeatPlan(string cluster, Func<Task<IReadOnlyDictionary<SiloAddress, SiloReport>>> ask, TimeProvider time, TimeSpan lookInterval)
{
    // The blocks of a training come at once, and need not each ask all silos.
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<Seat> _seats = [];
    private readonly HashSet<Seat> _leaving = [];

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
    /// <param name="left">The seat that the block has given up, which the plan forgets; its silo counts as fuller than it is. Null for none.</param>
    /// <exception cref="WorkerException">No silo takes blocks.</exception>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public Task<Seat> TakeAsync(string block, int move, Seat? left)
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
    /// <param name="seat">The present seat, which the plan forgets if there is a better one.</param>
    /// <returns>The new seat, or the present one.</returns>
    public Task<Seat> MoveAsync(string block, int move, Seat seat)
    {
        lock (_lock)
            return Enqueue(MoveAfterAsync(_last, block, move, seat, time.GetTimestamp()));
    }

    /// <summary>Forgets a seat that a block has left.</summary>
    public void Release(Seat seat)
    {
        lock (_lock)
        {
            _seats.Remove(seat);
            _leaving.Remove(seat);
            _left.Add(seat.Key);
        }
    }

    /// <summary>Returns true if a move of the block would level the load, as far as the last look at the cluster tells. Looks again in the background from time to time.</summary>
    public bool ShouldLeave(Seat seat)
    {
        lock (_lock)
        {
            // A look that fails finds nothing to move; the next one may.
            if (time.GetElapsedTime(_looked) > lookInterval)
                LookAsync().Ignore();
            return _leaving.Contains(seat);
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

    private Task<Seat> Enqueue(Task<Seat> seat)
    {
        _pending++;
        _last = seat;

        // A move takes a seat before anyone asks for it; the call that does sees the failure.
        seat.Ignore();
        return seat;
    }

    private async Task<Seat> TakeAfterAsync(Task previous, string block, int move, Seat? left, long now)
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

    private async Task<Seat> MoveAfterAsync(Task previous, string block, int move, Seat seat, long now)
    {
        try
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            var asked = ReportsAsync(now);
            await ((Task)asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
            {
                // Since the look, others may have moved, and a cluster that does not answer is no reason to move.
                _leaving.Remove(seat);
                if (!asked.IsCompletedSuccessfully || SiloLoad.FindTarget(LoadsOf(asked.Result), seat.Silo, seat.Shards) is not { } silo)
                    return seat;
                Release(seat);
                return Take(silo, move, block, seat.Shards);
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
            var seats = _seats.ToLookup(seat => seat.Key, StringComparer.Ordinal);
            var moves = SiloLoad.FindMoves(LoadsOf(reports), blocks.Where(block => !_expected.Contains(block.Key)));
            var own = moves.Where(seats.Contains).ToArray();

            // Others may see another load than this client, and act on it at the same time: the half leaves room for that.
            _leaving.UnionWith(own.Take((own.Length + 1) / 2).SelectMany(key => seats[key]));
            _expected.UnionWith(moves.Except(own));
        }
    }

    private Seat Take(SiloAddress silo, int move, string block, int shards)
    {
        var seat = new Seat(silo, WorkerKey.OfBlock(silo, move, block)) { Shards = shards };
        _seats.Add(seat);
        return seat;
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
                foreach (var seat in _seats)
                {
                    if (blocks.GetValueOrDefault(seat.Key)?.Shards is > 0 and var shards)
                        seat.Shards = shards;
                }
            }
        }

        return _reports;
    }

    private SiloLoad[] LoadsOf(IReadOnlyDictionary<SiloAddress, SiloReport> reports)
    {
        var shards = BlocksOf(reports).ToLookup(block => block.Silo, block => block.Shards);
        return [.. reports.Select(report => new SiloLoad(report.Key, report.Value.Capacity, shards[report.Key].Sum()))];
    }

    // A seat that was just taken is no block on its silo yet; later it is both, and counts once. One that was just left is still a block.
    private BlockLoad[] BlocksOf(IReadOnlyDictionary<SiloAddress, SiloReport> reports) =>
    [
        .. _seats.Where(seat => reports.ContainsKey(seat.Silo)).Select(seat => new BlockLoad(seat.Key, seat.Silo, seat.Shards))
            .UnionBy(
                reports.SelectMany(report => report.Value.Blocks.Where(block => !_left.Contains(block.Key)).Select(block => new BlockLoad(block.Key, report.Key, Math.Max(block.Shards, 1)))),
                block => block.Key,
                StringComparer.Ordinal),
    ];
}

using Trpo.Estimators.Workers;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Connections;

/// <summary>Chooses the silos of blocks, one block after another: each goes where the load is lowest relative to the capacity, and leaves when silos have joined and a move levels the load.</summary>
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
    private IReadOnlyDictionary<SiloAddress, SiloReport>? _reports;
    private int _pending;

    // The number of shards of a block, which is known once one has begun.
    private int _size = 1;
    private long _asked;
    private long _looked = time.GetTimestamp();
    private Task _last = Task.CompletedTask;

    /// <summary>Chooses the silo of a block.</summary>
    /// <param name="block">The name of the block.</param>
    /// <param name="move">The number of times that it was moved.</param>
    /// <param name="avoided">The silo that it has left, which is chosen only if there is no other; null for none.</param>
    /// <exception cref="WorkerException">No silo takes blocks.</exception>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public Task<Seat> TakeAsync(string block, int move, SiloAddress? avoided)
    {
        lock (_lock)
        {
            // A block that moves knows of a change that earlier reports do not.
            var oldest = avoided is null ? time.GetTimestamp() - (long)(ReportLifetime.TotalSeconds * time.TimestampFrequency) : time.GetTimestamp();
            _pending++;
            var seat = TakeAfterAsync(_last, block, move, avoided, oldest);
            _last = seat;

            // A move takes a seat before anyone asks for it; the call that does sees the failure.
            seat.Ignore();
            return seat;
        }
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
            if (time.GetElapsedTime(_looked) > lookInterval)
            {
                // A look that fails finds nothing to move; the next one may.
                _looked = time.GetTimestamp();
                _last = LookAfterAsync(_last, _looked);
                _last.Ignore();
            }

            return _leaving.Contains(seat);
        }
    }

    private async Task<Seat> TakeAfterAsync(Task previous, string block, int move, SiloAddress? avoided, long oldest)
    {
        try
        {
            await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
            var reports = await ReportsAsync(oldest).ConfigureAwait(false);
            lock (_lock)
            {
                if (SiloLoad.Choose(LoadsOf(reports), avoided, _size) is not { } silo)
                {
                    // Silos may be about to join: the next attempt asks again.
                    _reports = null;
                    throw new WorkerException($"None of the {reports.Count} silos of the {cluster} that answered runs workers: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of some.");
                }

                var seat = new Seat(silo, WorkerKey.OfBlock(silo, move, block));
                _seats.Add(seat);
                return seat;
            }
        }
        finally
        {
            lock (_lock)
                _pending--;
        }
    }

    private async Task LookAfterAsync(Task previous, long oldest)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var reports = await ReportsAsync(oldest).ConfigureAwait(false);
        lock (_lock)
        {
            // Blocks that are on their way have no silo yet, and would be missed.
            _leaving.Clear();
            if (_pending > 0)
                return;

            // A silo that has not answered now may be slow for a moment; its blocks are no reason to act, and the training sees by itself whether they are lost.
            var seats = _seats.Where(seat => reports.ContainsKey(seat.Silo)).GroupBy(seat => seat.Silo).ToDictionary(group => group.Key, group => group.OrderBy(seat => seat.Key, StringComparer.Ordinal).ToArray());
            var moves = SiloLoad.FindMoves(LoadsOf(reports), seats.ToDictionary(silo => silo.Key, silo => silo.Value.Length), _size);
            foreach (var silo in moves.CountBy(silo => silo))
                _leaving.UnionWith(seats[silo.Key].Take(silo.Value));
        }
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
                if (_seats.Max(seat => blocks.GetValueOrDefault(seat.Key)?.Shards) is > 0 and var size)
                    _size = size;
            }
        }

        return _reports;
    }

    // A seat that was just taken is no block on its silo yet; later it is both, and counts once. One that was just left is still a block.
    private IEnumerable<SiloLoad> LoadsOf(IReadOnlyDictionary<SiloAddress, SiloReport> reports) => reports.Select(report =>
    {
        var reported = report.Value.Blocks.Where(block => !_left.Contains(block.Key)).ToDictionary(block => block.Key, block => Math.Max(block.Shards, 1), StringComparer.Ordinal);
        foreach (var seat in _seats.Where(seat => seat.Silo.Equals(report.Key)))
            reported[seat.Key] = _size;
        return new SiloLoad(report.Key, report.Value.Capacity, reported.Values.Sum());
    });
}

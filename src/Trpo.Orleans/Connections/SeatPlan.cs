using Trpo.Estimators.Workers;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Connections;

/// <summary>Chooses the silos of blocks, one block after another: each goes where the load is lowest relative to the capacity.</summary>
/// <param name="cluster">The name of the cluster, for messages.</param>
/// <param name="ask">Asks the silos for their load.</param>
/// <param name="time">The source of time.</param>
internal sealed class SeatPlan(string cluster, Func<Task<IReadOnlyDictionary<SiloAddress, SiloReport>>> ask, TimeProvider time)
{
    // The blocks of a training come at once, and need not each ask all silos.
    private static readonly TimeSpan ReportLifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<Seat> _seats = [];
    private IReadOnlyDictionary<SiloAddress, SiloReport>? _reports;
    private long _asked;
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
            var seat = TakeAfterAsync(_last, block, move, avoided, oldest);
            _last = seat;
            return seat;
        }
    }

    /// <summary>Forgets a seat that a block has left.</summary>
    public void Release(Seat seat)
    {
        lock (_lock)
            _seats.Remove(seat);
    }

    private async Task<Seat> TakeAfterAsync(Task previous, string block, int move, SiloAddress? avoided, long oldest)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        var reports = await ReportsAsync(oldest).ConfigureAwait(false);
        lock (_lock)
        {
            var silo = SiloLoad.Choose(reports.Select(report => LoadOf(report.Key, report.Value)), avoided)
                ?? throw new WorkerException($"None of the {reports.Count} silos of the {cluster} that answered runs workers: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of some.");
            var seat = new Seat(silo, WorkerKey.OfBlock(silo, move, block));
            _seats.Add(seat);
            return seat;
        }
    }

    private async Task<IReadOnlyDictionary<SiloAddress, SiloReport>> ReportsAsync(long oldest)
    {
        if (_reports is null || _asked < oldest)
        {
            var asked = time.GetTimestamp();
            _reports = await ask().ConfigureAwait(false);
            _asked = asked;
        }

        return _reports;
    }

    // A seat that was just taken is no block on its silo yet; later it is both, and counts once.
    private SiloLoad LoadOf(SiloAddress silo, SiloReport report) =>
        new(silo, report.Capacity, report.Blocks.Union(_seats.Where(seat => seat.Silo.Equals(silo)).Select(seat => seat.Key), StringComparer.Ordinal).Count());
}

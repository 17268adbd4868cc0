using Trpo.Estimators.Workers;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Connections;

/// <summary>The connection to the worker of a block: a grain on the silo that the block was given, and another one on another silo after a move.</summary>
/// <param name="grains">The grains of the cluster.</param>
/// <param name="seats">Chooses silos.</param>
/// <param name="block">The name of the block.</param>
internal sealed class BlockConnection(IGrainFactory grains, SeatPlan seats, string block) : IWorkerConnection
{
    private readonly Lock _lock = new();
    private Task<Seat>? _seat;
    private SiloAddress? _left;
    private int _moves;
    private bool _isDisposed;

    /// <inheritdoc/>
    public bool ShouldMove
    {
        get
        {
            lock (_lock)
                return _seat is { IsCompletedSuccessfully: true } seat && seats.ShouldLeave(seat.Result);
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> SendAsync(byte[] request, CancellationToken cancellation)
    {
        var grain = await GrainAsync(cancellation).ConfigureAwait(false);
        var id = Guid.NewGuid();
        var answer = await grain.Send(id, request, cancellation).ConfigureAwait(false);
        while (answer.Value is null)
            answer = await grain.Receive(id, cancellation).ConfigureAwait(false);
        return answer.Value;
    }

    /// <inheritdoc/>
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken cancellation)
    {
        var grain = await GrainAsync(cancellation).ConfigureAwait(false);
        return (await grain.Ask(question, cancellation).ConfigureAwait(false)).Value;
    }

    /// <inheritdoc/>
    public Task MoveAsync(CancellationToken cancellation)
    {
        Leave(moved: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        Leave(moved: false);
    }

    private async Task<IBlockGrain> GrainAsync(CancellationToken cancellation)
    {
        Task<Seat> seat;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_seat is null or { IsFaulted: true })
                _seat = seats.TakeAsync(block, _moves, _left);
            seat = _seat;
        }

        return GrainOf(await seat.WaitAsync(cancellation).ConfigureAwait(false));
    }

    // Nobody waits for the old worker, whose silo may be lost; if the call does not arrive, its idle time ends it.
    private void Leave(bool moved)
    {
        Task<Seat>? seat;
        lock (_lock)
        {
            seat = _seat;
            _moves++;
            if (seat is { IsCompletedSuccessfully: true })
                _left = seat.Result.Silo;

            // Before the old seat is free, so that the plan sees the block at every time.
            _seat = moved && !_isDisposed ? seats.TakeAsync(block, _moves, _left) : null;
        }

        _ = seat?.ContinueWith(
            left =>
            {
                seats.Release(left.Result);
                GrainOf(left.Result).End(moved).Ignore();
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private IBlockGrain GrainOf(Seat seat) => grains.GetGrain<IBlockGrain>(seat.Key);
}

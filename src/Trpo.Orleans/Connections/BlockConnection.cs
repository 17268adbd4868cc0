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
    private Seat? _left;
    private int _moves;
    private bool _mayStay;
    private bool _isDisposed;

    /// <inheritdoc/>
    public bool ShouldMove
    {
        get
        {
            lock (_lock)
                return _mayStay = _seat is { IsCompletedSuccessfully: true } seat && seats.ShouldLeave(seat.Result);
        }
    }

    /// <inheritdoc/>
    public string? Place
    {
        get
        {
            lock (_lock)
                return _seat is { IsCompletedSuccessfully: true } seat ? $"silo {seat.Result.Silo.ToParsableString()}" : null;
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> SendAsync(byte[] request, CancellationToken cancellation)
    {
        lock (_lock)
            _mayStay = false;
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
        Seat old;
        lock (_lock)
        {
            // A seat that is still being chosen is none that anything was lost on.
            if (_isDisposed || _seat is not { IsCompletedSuccessfully: true } seat)
                return Task.CompletedTask;
            old = seat.Result;
            _moves++;
            if (_mayStay)
            {
                _mayStay = false;
                _seat = seats.MoveAsync(block, _moves, old);
                WhenTaken(_seat, taken =>
                {
                    if (taken != old)
                        End(old, moved: true);
                });
                return Task.CompletedTask;
            }

            _left = old;
            _seat = seats.TakeAsync(block, _moves, old);
        }

        End(old, moved: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task<Seat>? seat;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            seat = _seat;
        }

        if (seat is not null)
        {
            WhenTaken(seat, taken =>
            {
                seats.Release(taken);
                End(taken, moved: false);
            });
        }
    }

    private async Task<IBlockGrain> GrainAsync(CancellationToken cancellation)
    {
        Task<Seat> seat;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_seat is null or { IsCompleted: true, IsCompletedSuccessfully: false })
                _seat = seats.TakeAsync(block, _moves, _left);
            seat = _seat;
        }

        var taken = await seat.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            // The worker of a seat that was left has been ended, and a call would create another one.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_seat != seat)
                throw new InvalidOperationException($"Block '{block}' has moved since the call began.");
            taken.IsCalled = true;
        }

        return GrainOf(taken);
    }

    // Nobody waits for the old worker, whose silo may be lost; if the call does not arrive, its idle time ends it. A grain that was never called does not exist, and the call would create it.
    private void End(Seat seat, bool moved)
    {
        lock (_lock)
        {
            if (!seat.IsCalled)
                return;
        }

        GrainOf(seat).End(moved).Ignore();
    }

    private static void WhenTaken(Task<Seat> seat, Action<Seat> then) => _ = seat.ContinueWith(
        taken => then(taken.Result),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private IBlockGrain GrainOf(Seat seat) => grains.GetGrain<IBlockGrain>(seat.Key);
}

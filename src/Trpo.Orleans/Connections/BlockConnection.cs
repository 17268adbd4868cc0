using Trpo.Estimators.Workers;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Connections;

/// <summary>The connection to the worker of a block: a grain on the silo that the block was given, and another one on another silo after a move.</summary>
/// <param name="grains">The grains of the cluster.</param>
/// <param name="slots">Chooses silos.</param>
/// <param name="block">The name of the block.</param>
internal sealed class BlockConnection(IGrainFactory grains, SlotPlan slots, string block) : IWorkerConnection
{
    private readonly Lock _lock = new();
    private Task<BlockSlot>? _slot;
    private BlockSlot? _left;
    private int _moves;
    private bool _mayStay;
    private bool _isDisposed;

    /// <inheritdoc/>
    public bool ShouldMove
    {
        get
        {
            lock (_lock)
                return _mayStay = _slot is { IsCompletedSuccessfully: true } slot && slots.ShouldLeave(slot.Result);
        }
    }

    /// <inheritdoc/>
    public string? Place
    {
        get
        {
            lock (_lock)
                return _slot is { IsCompletedSuccessfully: true } slot ? $"silo {slot.Result.Silo.ToParsableString()}" : null;
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
        BlockSlot old;
        lock (_lock)
        {
            // A slot that is still being chosen is none that anything was lost on.
            if (_isDisposed || _slot is not { IsCompletedSuccessfully: true } slot)
                return Task.CompletedTask;
            old = slot.Result;
            _moves++;
            if (_mayStay)
            {
                _mayStay = false;
                _slot = slots.MoveAsync(block, _moves, old);
                WhenTaken(_slot, taken =>
                {
                    if (taken != old)
                        End(old, moved: true);
                });
                return Task.CompletedTask;
            }

            _left = old;
            _slot = slots.TakeAsync(block, _moves, old);
        }

        End(old, moved: true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task<BlockSlot>? slot;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            slot = _slot;
        }

        if (slot is not null)
        {
            WhenTaken(slot, taken =>
            {
                slots.Release(taken);
                End(taken, moved: false);
            });
        }
    }

    private async Task<IBlockGrain> GrainAsync(CancellationToken cancellation)
    {
        Task<BlockSlot> slot;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_slot is null or { IsCompleted: true, IsCompletedSuccessfully: false })
                _slot = slots.TakeAsync(block, _moves, _left);
            slot = _slot;
        }

        var taken = await TakenAsync(slot, cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            // The worker of a slot that was left has been ended, and a call would create another one.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_slot != slot)
                throw new InvalidOperationException($"Block '{block}' has moved since the call began.");
            taken.IsCalled = true;
        }

        return GrainOf(taken);
    }

    // A cluster that does not answer for a while has lost no worker to the request.
    private static async Task<BlockSlot> TakenAsync(Task<BlockSlot> slot, CancellationToken cancellation)
    {
        try
        {
            return await slot.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (SiloUnavailableException error)
        {
            throw new WorkerException(error.Message, error);
        }
    }

    // Nobody waits for the old worker, whose silo may be lost; if the call does not arrive, its idle time ends it. A grain that was never called does not exist, and the call would create it.
    private void End(BlockSlot slot, bool moved)
    {
        lock (_lock)
        {
            if (!slot.IsCalled)
                return;
        }

        GrainOf(slot).End(moved).Ignore();
    }

    private static void WhenTaken(Task<BlockSlot> slot, Action<BlockSlot> then) => _ = slot.ContinueWith(
        taken => then(taken.Result),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private IBlockGrain GrainOf(BlockSlot slot) => grains.GetGrain<IBlockGrain>(slot.Key);
}

using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Trpo.Orleans.Hosting;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Grains;

/// <summary>The grain of a block of shards. Lives until its training ends it, or shows no sign of life for a while. Trusts every caller in the cluster, whichever training it is of.</summary>
/// <param name="workers">The workers of the silo.</param>
/// <param name="log">Receives moves.</param>
[GrainType("trpo.block"), Immovable, WorkerPlacement, GrainDirectory(WorkerGrainDirectory.Name), CollectionAgeLimit(AlwaysActive = true)]
internal sealed class BlockGrain(SiloWorkers workers, ILogger<SiloWorkers> log) : Grain, IBlockGrain
{
    private HostedBlock? _block;

    private HostedBlock Block => _block ?? throw new InvalidOperationException("The grain is not active.");

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var context = GrainContext;
        var key = this.GetPrimaryKeyString();
        WorkerKey.CheckBlock(key, context.Address.SiloAddress!);
        _block = workers.Open(key, reason => context.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, reason)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_block is { } block)
            await workers.EndAsync(block, $"its grain was deactivated ({reason.ReasonCode})").WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <inheritdoc/>
    public async Task<Immutable<byte[]?>> Send(Guid id, byte[] request, CancellationToken cancellation) => new(await Block.SendAsync(id, request, cancellation));

    /// <inheritdoc/>
    public async Task<Immutable<byte[]?>> Receive(Guid id, CancellationToken cancellation) => new(await Block.ReceiveAsync(id, cancellation));

    /// <inheritdoc/>
    public Task<Immutable<byte[]>> Ask(byte[] question, CancellationToken cancellation) => Task.FromResult(new Immutable<byte[]>(Block.Ask(question)));

    /// <inheritdoc/>
    public Task End(bool moved)
    {
        if (moved)
            log.BlockMoved(Block.Key);
        _ = workers.EndAsync(Block, moved ? "the training moved the block" : "the training has ended");
        return Task.CompletedTask;
    }
}

using Microsoft.Extensions.Logging;

namespace Trpo.Orleans.Hosting;

/// <summary>The blocks of shards on this silo. Ends those whose training shows no sign of life, and all when the silo stops.</summary>
internal sealed class SiloWorkers : ILifecycleParticipant<ISiloLifecycle>
{
    // Far more than any training needs, and few enough that a client which makes up blocks does not fill the memory.
    private const int MaxBlocksPerShard = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HostedBlock> _blocks = new(StringComparer.Ordinal);
    private readonly WorkerSettings _settings;
    private readonly IBlockWorkerFactory? _factory;
    private readonly TimeProvider _time;
    private readonly ILogger<SiloWorkers> _log;
    private ITimer? _timer;
    private bool _isStopping;

    /// <summary>Creates the workers of a silo.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Receives what begins and ends.</param>
    /// <param name="factory">Creates workers; null on a silo without any.</param>
    public SiloWorkers(WorkerSettings settings, WorkerClock clock, ILogger<SiloWorkers> log, IBlockWorkerFactory? factory = null)
    {
        _settings = settings;
        _factory = factory;
        _time = clock.Time;
        _log = log;
    }

    /// <summary>Gets the number of shards that the silo takes; 0 if it has no workers, or stops.</summary>
    public int Capacity => IsStopping ? 0 : _settings.Capacity;

    /// <summary>True once the silo stops.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_lock)
                return _isStopping;
        }
    }

    /// <summary>Gets the blocks on this silo in order of their keys, those whose worker is being disposed included.</summary>
    public IReadOnlyList<HostedBlock> Blocks
    {
        get
        {
            lock (_lock)
                return [.. _blocks.Values.OrderBy(block => block.Key, StringComparer.Ordinal)];
        }
    }

    /// <summary>Gets the number of shards of the blocks that have begun.</summary>
    public int Shards => Blocks.Sum(block => block.Status.Shards);

    /// <summary>Opens a block with a worker that runs nothing yet.</summary>
    /// <param name="key">The key of the block's grain.</param>
    /// <param name="deactivate">Deactivates the grain, for a reason.</param>
    /// <exception cref="InvalidOperationException">The silo has no workers, stops, has 16 blocks for each shard of its capacity, or is still disposing an earlier worker of the block.</exception>
    public HostedBlock Open(string key, Action<string> deactivate)
    {
        lock (_lock)
        {
            var refusal = _factory is null ? $"the silo has no workers; {nameof(SiloBuilderExtensions.AddTrpoWorkers)} adds some"
                : _isStopping ? "the silo is stopping"
                : _blocks.ContainsKey(key) ? "its earlier worker is still being disposed"
                : _blocks.Count >= MaxBlocksPerShard * _settings.Capacity ? FormattableString.Invariant($"the silo has {_blocks.Count} blocks, {MaxBlocksPerShard} for each shard of its capacity of {_settings.Capacity}; add silos, train with fewer shards, or give each worker more of them")
                : null;
            if (refusal is not null)
            {
                _log.BlockRefused(key, refusal);
                throw new InvalidOperationException($"Block '{key}' is refused: {refusal}.");
            }

            var block = new HostedBlock(key, _factory!.Create(), deactivate, _time, _log) { Begun = CheckCapacity };
            _blocks.Add(key, block);
            return block;
        }
    }

    /// <summary>Ends a block, which leaves the list when its worker is disposed.</summary>
    public async Task EndAsync(HostedBlock block, string reason)
    {
        await block.EndAsync(reason).ConfigureAwait(false);
        lock (_lock)
        {
            if (_blocks.GetValueOrDefault(block.Key) == block)
                _blocks.Remove(block.Key);
        }
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer)
    {
        if (_factory is not null)
            observer.Subscribe(nameof(SiloWorkers), ServiceLifecycleStage.Active, Start, StopAsync);
    }

    // A tenth of the time is late enough to be cheap, and early enough for anyone who waits.
    private Task Start(CancellationToken cancellation)
    {
        var interval = _settings.IdleTimeout / 10;
        _timer = _time.CreateTimer(_ => EndIdle(), null, interval, interval);
        return Task.CompletedTask;
    }

    /// <summary>Ends all blocks, and waits until their environments are disposed. The calls end at once.</summary>
    /// <param name="cancellation">Ends the wait: an environment in a long step holds the silo up no longer than that.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        _timer?.Dispose();
        lock (_lock)
            _isStopping = true;
        var ends = Task.WhenAll(Blocks.Select(block => EndAsync(block, "the silo is stopping")));
        await ends.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void CheckCapacity()
    {
        if (Shards is var shards && shards > _settings.Capacity)
            _log.CapacityExceeded(shards, _settings.Capacity);
    }

    private void EndIdle()
    {
        foreach (var block in Blocks)
        {
            if (block.Idle is var idle && idle > _settings.IdleTimeout)
                _ = EndAsync(block, FormattableString.Invariant($"its training has shown no sign of life for {idle.TotalSeconds:G4} seconds"));
        }
    }
}

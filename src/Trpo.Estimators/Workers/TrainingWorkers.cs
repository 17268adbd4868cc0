using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Workers;

/// <summary>
/// The processes that the shards of a training run in, and the names under which they know the parts of the training. The result is that of the same number of shards in one process, bit for bit,
/// on machines with the same vector width, whichever process runs which shard, and whatever is lost on the way.
/// </summary>
public sealed record TrainingWorkers
{
    // Waits of the operating system are counted in 32 bits of milliseconds.
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(24);

    /// <summary>Gets the transport to the workers.</summary>
    public required IWorkerTransport Transport { get; init; }

    /// <summary>Gets the name under which the workers have registered the environment (<see cref="WorkerRegistry.AddEnvironment"/>). Null, the default, means the environment's own name.</summary>
    public string? Environment { get; init; }

    /// <summary>Gets the name under which the workers have registered the <see cref="TrpoOptions.Distribution"/>; required if that is set. Null by default.</summary>
    public string? Distribution { get; init; }

    /// <summary>Gets the name under which the workers have registered the <see cref="TrpoOptions.Network"/> (<see cref="WorkerRegistry.AddNetwork"/>); required if that is set. Null by default.</summary>
    public string? Network { get; init; }

    /// <summary>Gets the number of consecutive shards that one worker runs, each on a thread of its own, and adds up before an answer crosses the network: a power of two from 1 to 1,024; 1 by default. The result does not depend on it.</summary>
    public int ShardsPerWorker { get; init; } = 1;

    /// <summary>Gets the interval at which a worker that has not answered yet is asked whether it is still at work, which also limits how soon a cancelled training stops. Positive; half a second by default.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Gets the time without a sign of life after which a worker counts as lost and its shards are begun anew elsewhere. More than <see cref="HeartbeatInterval"/>; 5 seconds by default.</summary>
    public TimeSpan LossTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets the time that the last worker of a round may take longer than the slowest other one, if it takes more than twice as long. After that its shards are begun anew on another worker, once for each request: what they
    /// have collected in the iteration is collected again. Null means never; 30 seconds by default.
    /// </summary>
    public TimeSpan? StragglerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the time for which a training tries to begin shards anew before it ends with a <see cref="WorkerException"/>. At least <see cref="LossTimeout"/>; 2 minutes by default.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Gets the number of workers that one request may lose, one after another, before the training ends with a <see cref="WorkerException"/>: an environment that ends its process would end that of every worker. Attempts that find no worker at all do not count. From 0 to 1,000,000; 10 by
    /// default.
    /// </summary>
    public int MaxLosses { get; init; } = 10;

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range; the exception names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Transport);
        Check.Between(ShardsPerWorker, 1, 1_024);
        Check.Between(MaxLosses, 0, 1_000_000);
        if (!int.IsPow2(ShardsPerWorker))
            throw new ArgumentOutOfRangeException(nameof(ShardsPerWorker), ShardsPerWorker, $"{nameof(ShardsPerWorker)} must be a power of two, so that the shards of a worker are a whole subtree of the sums.");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HeartbeatInterval, TimeSpan.Zero, nameof(HeartbeatInterval));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LossTimeout, HeartbeatInterval, nameof(LossTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(RecoveryTimeout, LossTimeout, nameof(RecoveryTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StragglerTimeout ?? MaxTime, TimeSpan.Zero, nameof(StragglerTimeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RecoveryTimeout, MaxTime, nameof(RecoveryTimeout));
    }
}

using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Shards.Remote;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The shards of a training, with what belongs to them: copies of the policy and of the value function, and threads. The first shard has the parts of the training themselves.</summary>
internal sealed class TrainingShards : IDisposable
{
    private static readonly TimeSpan GreetingInterval = TimeSpan.FromSeconds(10);

    private readonly List<IDisposable> _owned = [];
    private ShardThreads? _threads;
    private string? _where;
    private Action? _leave;

    private TrainingShards()
    {
    }

    /// <summary>The shards.</summary>
    public ShardGroup Group { get; private set; } = null!;

    /// <summary>True if the shards run on workers.</summary>
    public bool IsRemote => _where is not null;

    /// <summary>The random streams that copies of a custom network were given, which may still draw from them.</summary>
    public List<RandomSource> PartRandoms { get; } = [];

    /// <summary>Creates the shards.</summary>
    /// <param name="options">The options.</param>
    /// <param name="parts">The parts of the training.</param>
    /// <param name="count">The number of shards, <c>K</c>.</param>
    /// <param name="capacity">The number of steps of each environment that rollouts have memory for.</param>
    /// <param name="warn">Receives the warnings of workers.</param>
    /// <param name="remote">What the shards are created from, as one block, where they run on workers; null where they do not.</param>
    /// <exception cref="InvalidOperationException">A custom network cannot be copied.</exception>
    public static TrainingShards Create(TrpoOptions options, TrainingParts parts, int count, int capacity, Action<string> warn, BlockSetup? remote)
    {
        var shards = new TrainingShards();
        try
        {
            if (remote is not null)
                shards.CreateRemoteGroup(remote, options, parts, count, capacity, warn);
            else
                shards.CreateGroup(options, parts, count, capacity);
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>Describes the shards and their threads.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"Training runs in {Group.Count} shards ({nameof(TrpoOptions)}.{nameof(TrpoOptions.Shards)}), {_where ?? Group.Threads.ToString()}.");

    /// <summary>Ends the threads and disposes the copies. Called on the thread that created the shards, while none of them runs.</summary>
    public void Dispose()
    {
        _threads?.Dispose();
        _leave?.Invoke();
        for (var i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
    }

    private void CreateGroup(TrpoOptions options, TrainingParts parts, int count, int capacity)
    {
        if (TorchLimit.ForShards(count, IsComputedByTorch(parts)) is { } limit)
            _owned.Add(limit);
        var collection = CollectionThreads.Of(count, parts.Environments.SteppingThreads, parts.Environments.HasAsynchronous);
        _threads = new ShardThreads(count, options.Threads ?? Environment.ProcessorCount, collection.Collectors);
        var turns = collection.Turns is { } at ? new SemaphoreSlim(at) : null;
        if (turns is not null)
            _owned.Add(turns);
        var environments = parts.Environments.Split(count, collection.SteppingThreads);
        Group = new ShardGroup([.. Parts(parts, environments).Select(part => CreateShard(options, part, parts.ActionSpace.Length, capacity, turns))], parts.ValueFunction, options.NormalizeAdvantages)
        {
            Threads = _threads,
            MaxRestarts = parts.Environments.MaxRestarts,
            GatherInto = options.GatherFisherRows ? parts.Policy : null,
            Stepped = parts.Environments.DeliverWarnings,
        };
    }

    private void CreateRemoteGroup(BlockSetup whole, TrpoOptions options, TrainingParts parts, int count, int capacity, Action<string> warn)
    {
        var workers = options.Workers!;
        RequireCopies(parts, "sent to workers", advice: $"leave {nameof(TrpoOptions.Workers)} out");
        if (TorchLimit.ForShards(count, IsComputedByTorch(parts)) is { } limit)
            _owned.Add(limit);
        var training = Guid.NewGuid();
        var copyRandoms = CopyRandoms(parts, count);

        // The stream that the policy of the training itself was created from, and those of the copies.
        RandomSource[] networkRandoms = [new RandomSource((ulong)parts.Seed).Split(), .. copyRandoms];
        var mirror = new ModelMirror(parts.Policy, parts.ValueFunction);
        var sizes = new RolloutSizes(parts.Environments.ObservationLength, parts.ActionSpace.Length, options.ReusedIterations);
        var remote = new List<RemoteShard>();
        var stragglers = new StragglerWatch(workers.StragglerTimeout);
        foreach (var setup in RemoteSetup.Divide(whole, count, workers.ShardsPerWorker, capacity, parts.RolloutRandom, networkRandoms))
        {
            var connection = workers.Transport.Connect(FormattableString.Invariant($"{training:N}-{setup.FirstShard}"));
            var shard = new RemoteShard(new WorkerSession(connection, workers, training, setup, stragglers, options.Cancellation), setup, mirror)
            {
                ObservationLength = sizes.ObservationLength,
                Baseline = parts.ValueFunction is ValueNetwork ? null : new RemoteBaseline(parts.ValueFunction, parts.Policy, setup, sizes),
            };
            _owned.Add(shard);
            remote.Add(shard);
        }

        // The streams are in checkpoints, which are those of the same shards in one process: copies of networks of the user's own draw from them.
        if (options.Network is not null)
        {
            foreach (var random in copyRandoms)
            {
                var copy = CopyPolicy(parts, random);
                _owned.Remove(copy);
                copy.Dispose();
            }
        }
        else
        {
            PartRandoms.AddRange(copyRandoms);
        }

        // Each thread waits for one worker. The fit of the value function does not run beside the update: a worker does one request after another.
        _where = FormattableString.Invariant($"which {remote.Count} workers of {workers.Transport.Name} run");
        _threads = new ShardThreads(remote.Count, threads: remote.Count, collectors: remote.Count);
        Group = new ShardGroup(remote, parts.ValueFunction, options.NormalizeAdvantages)
        {
            Threads = _threads,
            MaxRestarts = parts.Environments.MaxRestarts,
            GatherInto = options.GatherFisherRows ? parts.Policy : null,
            Stepped = () => remote.ForEach(shard => shard.DeliverWarnings(warn, parts.Environments)),
        };

        // Workers end where nobody has asked for some minutes.
        _owned.Add(new Timer(_ => remote.ForEach(shard => shard.Greet()), state: null, GreetingInterval, GreetingInterval));

        // All workers are told at the same time; one that does not hear it ends when nobody has asked it for some time.
        _leave = () =>
        {
            Task[] ends = [.. remote.Select(shard => shard.EndAsync())];
            ends.ToList().ForEach(PendingCall.Forget);
            Task.WhenAny(Task.WhenAll(ends), Task.Delay(workers.HeartbeatInterval)).Wait();
            Group.Stepped();
        };
    }

    private IEnumerable<ShardParts> Parts(TrainingParts parts, IReadOnlyList<TransformedVectorEnvironment> environments)
    {
        if (environments.Count == 1)
        {
            yield return new ShardParts(environments[0], parts.Policy, parts.ValueFunction, parts.RolloutRandom);
            yield break;
        }

        var copies = CopyRandoms(parts, environments.Count);
        for (var i = 0; i < environments.Count; i++)
        {
            var policy = i == 0 ? parts.Policy : CopyPolicy(parts, copies[i - 1]);
            var values = i > 0 && parts.ValueFunction is ValueNetwork network ? Owned(network.Copy()) : parts.ValueFunction;
            yield return new ShardParts(environments[i], policy, values, parts.RolloutRandom.Split());
        }
    }

    // A sequence of its own: the streams of the training are split from that of the seed itself.
    private static RandomSource[] CopyRandoms(TrainingParts parts, int shards)
    {
        var copies = new RandomSource((ulong)parts.Seed);
        copies.Reseed((ulong)parts.Seed, high: 1, low: 0);
        return [.. Enumerable.Range(1, shards - 1).Select(_ => copies.Split())];
    }

    private StochasticPolicy CopyPolicy(TrainingParts parts, RandomSource random)
    {
        RequireCopies(parts, "copied for several shards", advice: $"set {nameof(TrpoOptions.Shards)} to 1");
        var copy = parts.CopyPolicy(random);
        PartRandoms.Add(random);
        if (_owned.OfType<StochasticPolicy>().Prepend(parts.Policy).Select(policy => copy.Network.FindShared(policy.Network)).FirstOrDefault(name => name is not null) is { } shared)
            throw new InvalidOperationException($"The factory in {nameof(TrpoOptions)}.{nameof(TrpoOptions.Network)} returned networks for two shards that share '{shared}'; each shard needs a new one, with parameters and buffers of its own. Set {nameof(TrpoOptions.Shards)} to 1 to have it called once.");
        _owned.Add(copy);
        if (copy.Architecture != parts.Policy.Architecture)
            throw new InvalidOperationException($"The factories in {nameof(TrpoOptions)}.{nameof(TrpoOptions.Network)} and {nameof(TrpoOptions.Distribution)} returned different parts: {parts.Policy.Architecture} for the first shard, {copy.Architecture} for another. Set {nameof(TrpoOptions.Shards)} to 1 to have them called once.");
        StateCopy.Copy(parts.Policy, copy);
        return copy;
    }

    private static bool IsComputedByTorch(TrainingParts parts) => parts.Policy.IsComputedByTorch || parts.ValueFunction is ValueNetwork { Engine: not NetworkEngine.Kernels };

    private static void RequireCopies(TrainingParts parts, string purpose, string advice)
    {
        if (!parts.Policy.IsCheckpointable)
            throw new InvalidOperationException($"The state of the network {parts.Policy.Architecture} cannot be saved, so that it cannot be {purpose}: {advice}, or implement {nameof(ICheckpointable)}.");
    }

    private ValueNetwork Owned(ValueNetwork network)
    {
        _owned.Add(network);
        return network;
    }

    /// <summary>Creates a shard in this process.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="parts">The parts of the shard.</param>
    /// <param name="actionLength">The number of values of an action, <c>k</c>.</param>
    /// <param name="capacity">The number of steps of each environment that rollouts have memory for.</param>
    /// <param name="turns">Taken while environments are stepped; null for no limit.</param>
    public static Shard CreateShard(TrpoOptions options, ShardParts parts, int actionLength, int capacity, SemaphoreSlim? turns) =>
        new(parts.Environments, parts.Policy, parts.ValueFunction, parts.Random, actionLength, new ShardOptions
        {
            Capacity = capacity,
            Turns = turns,
            ReusedIterations = options.ReusedIterations,
            StaggerStarts = options.StaggerStarts,
            Advantages = new AdvantageOptions(options.Discount, options.GaeLambda, options.RewardScale, options.BootstrapTruncated),
            FisherFraction = options.FisherFraction,
        });
}

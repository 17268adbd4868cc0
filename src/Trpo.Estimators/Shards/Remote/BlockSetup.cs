using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The description that a worker creates a block of shards from. It names registered parts and holds data; the worker checks both.</summary>
internal sealed record BlockSetup
{
    /// <summary>Gets the version of the library.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the processor architecture and the width of the vectors that kernels compute with, on which the last bits of results depend.</summary>
    public required string Arithmetic { get; init; }

    /// <summary>Gets the registered name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Gets the description of the environment's spaces and time limit.</summary>
    public required string Spaces { get; init; }

    /// <summary>Gets the name of the environment's column; empty for one with columns of its own.</summary>
    public required string EnvironmentColumn { get; init; }

    /// <summary>Gets the number of environments of the training.</summary>
    public required int TotalEnvironments { get; init; }

    /// <summary>Gets the number of steps after which an episode is truncated if the environment declares no limit.</summary>
    public required int EpisodeStepLimit { get; init; }

    /// <summary>Gets the longest time of a step; null for no limit.</summary>
    public required TimeSpan? StepTimeout { get; init; }

    /// <summary>Gets the number of restarts of environments that are allowed.</summary>
    public required int MaxRestarts { get; init; }

    /// <summary>Gets the fitted transforms between the environment and the policy; empty for none.</summary>
    public required byte[] Pipeline { get; init; }

    /// <summary>Gets the column that the policy observes.</summary>
    public required string Observation { get; init; }

    /// <summary>Gets the options, as JSON.</summary>
    public required string Options { get; init; }

    /// <summary>Gets the registered name of the distribution; empty for the usual one.</summary>
    public required string Distribution { get; init; }

    /// <summary>Gets the registered name of the network; empty for the built-in one.</summary>
    public required string Network { get; init; }

    /// <summary>Gets the name of the baseline in messages, which lives in the process that trains; empty for the built-in value function.</summary>
    public required string Baseline { get; init; }

    /// <summary>Gets the description of the policy's parts.</summary>
    public required string Policy { get; init; }

    /// <summary>Gets the number of shards of the training.</summary>
    public required int TotalShards { get; init; }

    /// <summary>Gets the index of the first shard of the block.</summary>
    public required int FirstShard { get; init; }

    /// <summary>Gets the number of shards of the block.</summary>
    public required int Shards { get; init; }

    /// <summary>Gets the number of steps of each environment that rollouts have memory for.</summary>
    public required int Capacity { get; init; }

    /// <summary>Gets the state of the random stream of each shard at the start of the training.</summary>
    public required IReadOnlyList<byte[]> Randoms { get; init; }

    /// <summary>Gets the state of the random stream from which the network of each shard is created.</summary>
    public required IReadOnlyList<byte[]> NetworkRandoms { get; init; }

    // As many as options allow.
    private const int MaxShards = 1_024;

    /// <summary>Writes the setup.</summary>
    public byte[] ToArray() => MessageFormat.Write(
        writer =>
        {
            foreach (var text in (string[])[Version, Arithmetic, Environment, Spaces, EnvironmentColumn, Observation, Options, Distribution, Network, Baseline, Policy])
                writer.Write(text);
            foreach (var number in (int[])[TotalEnvironments, EpisodeStepLimit, MaxRestarts, TotalShards, FirstShard, Shards, Capacity])
                writer.Write(number);
            writer.Write(StepTimeout?.Ticks ?? 0);
            writer.WriteSpan<byte>(Pipeline);
            writer.Write(Randoms.Count);
            foreach (var random in Randoms.Concat(NetworkRandoms))
                writer.WriteSpan<byte>(random);
        },
        Pipeline.Length + 4_096);

    /// <summary>Reads a setup. The version comes first, so that other versions of the library can be told apart.</summary>
    /// <param name="bytes">The setup.</param>
    /// <param name="checkVersion">Throws if the version and the arithmetic are not those of this process.</param>
    /// <exception cref="IOException">The bytes are no setup.</exception>
    public static BlockSetup Of(byte[] bytes, Action<string, string> checkVersion)
    {
        using var reader = MessageFormat.Open(bytes);
        var (version, arithmetic) = (reader.ReadString(), reader.ReadString());
        checkVersion(version, arithmetic);
        var (environment, spaces, environmentColumn, observation) = (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());
        var (options, distribution, network, baseline, policy) = (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());
        var (totalEnvironments, episodeStepLimit, maxRestarts) = (ReadCount("environments"), ReadCount("steps of an episode"), reader.ReadInt32(0, int.MaxValue, "The number of restarts"));
        var (totalShards, firstShard, shards, capacity) = (reader.ReadInt32(1, MaxShards, "The number of shards"), reader.ReadInt32(), reader.ReadInt32(1, MaxShards, "The number of shards of a worker"), ReadCount("steps of a rollout"));
        if (firstShard < 0 || firstShard > totalShards - shards || totalShards > totalEnvironments)
            throw new InvalidDataException(FormattableString.Invariant($"There are no shards {firstShard} to {firstShard + (long)shards - 1} among {totalShards} with {totalEnvironments} environments."));
        var timeout = reader.ReadInt64(0, TimeSpan.FromDays(24).Ticks, "The longest time of a step");
        var pipeline = reader.ReadArray<byte>("bytes of transforms");
        reader.ReadInt32(shards, shards, "The number of random streams");
        return new BlockSetup
        {
            Version = version,
            Arithmetic = arithmetic,
            Environment = environment,
            Spaces = spaces,
            EnvironmentColumn = environmentColumn,
            TotalEnvironments = totalEnvironments,
            EpisodeStepLimit = episodeStepLimit,
            StepTimeout = timeout == 0 ? null : TimeSpan.FromTicks(timeout),
            MaxRestarts = maxRestarts,
            Pipeline = pipeline,
            Observation = observation,
            Options = options,
            Distribution = distribution,
            Network = network,
            Baseline = baseline,
            Policy = policy,
            TotalShards = totalShards,
            FirstShard = firstShard,
            Shards = shards,
            Capacity = capacity,
            Randoms = ReadRandoms(),
            NetworkRandoms = ReadRandoms(),
        };

        byte[][] ReadRandoms() => [.. Enumerable.Range(0, shards).Select(_ => reader.ReadArray<byte>("bytes of a random stream"))];

        int ReadCount(string what) => reader.ReadInt32(1, 2_000_000_000, $"The number of {what}");
    }
}

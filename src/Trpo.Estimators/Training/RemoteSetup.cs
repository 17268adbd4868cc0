using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Pipelines;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Shards.Remote;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The descriptions that the shards of a training on workers are created from.</summary>
internal static class RemoteSetup
{
    /// <summary>Describes all shards as one block. Refuses what cannot run on workers by name.</summary>
    /// <param name="host">The context.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="input">The environment's view, or transforms of it.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="valueFunction">The value function.</param>
    /// <exception cref="InvalidOperationException">A transform cannot travel to a worker.</exception>
    public static BlockSetup Create(IHostEnvironment host, EnvironmentDataView environment, IDataView input, TrpoOptions options, StochasticPolicy policy, IValueFunction valueFunction)
    {
        var workers = options.Workers!;
        return new BlockSetup
        {
            Version = LibraryVersion.Informational,
            Arithmetic = Arithmetic.OfThisProcess,
            Environment = workers.Environment ?? environment.Name,
            Spaces = environment.DescribeSpaces(),
            EnvironmentColumn = environment.ObservationSpace.Columns.IsEmpty ? environment.Schema[0].Name : "",
            TotalEnvironments = environment.Count,
            EpisodeStepLimit = environment.EpisodeStepLimit,
            StepTimeout = environment.StepTimeout,
            MaxRestarts = environment.MaxRestarts,
            Pipeline = FittedPipeline.Save(host, environment, input),
            Observation = options.Columns.Observation,
            Options = TrpoOptionsJson.Write(options),
            Distribution = workers.Distribution ?? "",
            Network = workers.Network ?? "",
            Baseline = valueFunction is ValueNetwork ? "" : ShardGroup.NameOf(valueFunction),
            Policy = policy.Description,
            TotalShards = 1,
            FirstShard = 0,
            Shards = 1,
            Capacity = 1,
            Randoms = [],
            NetworkRandoms = [],
        };
    }

    /// <summary>Divides the shards of a training into blocks of consecutive ones, each of which is a whole subtree of the sums.</summary>
    /// <param name="setup">The setup of all shards.</param>
    /// <param name="shards">The number of shards, <c>K</c>.</param>
    /// <param name="perWorker">The number of shards of a block, a power of two.</param>
    /// <param name="capacity">The number of steps of each environment that rollouts have memory for.</param>
    /// <param name="random">The random stream of the rollouts, that of a single shard, which several split.</param>
    /// <param name="networkRandoms">The random stream from which the network of each shard is created.</param>
    public static IReadOnlyList<BlockSetup> Divide(BlockSetup setup, int shards, int perWorker, int capacity, RandomSource random, IReadOnlyList<RandomSource> networkRandoms)
    {
        var randoms = new byte[shards][];
        for (var i = 0; i < shards; i++)
            randoms[i] = MessageFormat.Write((shards == 1 ? random : random.Split()).SaveState);
        byte[][] ofNetworks = [.. networkRandoms.Select(stream => MessageFormat.Write(stream.SaveState))];
        var blocks = new List<BlockSetup>();
        for (var first = 0; first < shards; first += perWorker)
        {
            var count = Math.Min(perWorker, shards - first);
            blocks.Add(setup with { TotalShards = shards, FirstShard = first, Shards = count, Capacity = capacity, Randoms = randoms[first..(first + count)], NetworkRandoms = ofNetworks[first..(first + count)] });
        }

        return blocks;
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.NativeLibraries;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Pipelines;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Threading;
using Trpo.Estimators.Training;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>The factory of the blocks of a worker. It refuses by name what this process cannot run with the result of the training's own.</summary>
/// <param name="ml">The context that transforms are loaded with.</param>
/// <param name="registry">The parts that trainings may use.</param>
internal sealed class BlockFactory(MLContext ml, WorkerRegistry registry)
{
    /// <summary>Creates a block.</summary>
    /// <param name="bytes">The setup.</param>
    /// <param name="warn">Receives the warnings of environments and transforms, on any thread.</param>
    /// <param name="cancellation">Cancelled when the block is given up; asynchronous environments receive it.</param>
    /// <exception cref="WorkerException">This process cannot run the block; the message says why.</exception>
    /// <exception cref="IOException">The setup is none.</exception>
    public HostedBlock Create(byte[] bytes, Action<string> warn, CancellationToken cancellation)
    {
        var setup = BlockSetup.Of(bytes, CheckVersion);
        var options = OptionsOf(setup);
        var environment = CreateEnvironment(setup);
        var data = FittedPipeline.Load(ml, environment, setup.Pipeline, registry.Pipelines);
        var column = PolicySchema.FindObservation(data.Schema, setup.Observation, length: null, advice: null);
        var parts = new PartFactory(environment, options);
        if (parts.NeedsTorch)
            TorchRuntime.EnsureLoaded();
        var length = ((VectorDataViewType)column.Type).Size;

        // Perceptrons that would not fit into memory are not even created.
        TrainingSizes? sizes = null;
        void CheckMemory(int steps) => MemoryEstimate.Check(options, sizes!, steps);
        void SetSizes(TrainingSizes all)
        {
            sizes = all with { Shards = setup.Shards };
            CheckMemory(setup.Capacity);
        }

        if (options.Network is null)
            SetSizes(parts.SizesOf(length, CountOf(setup)));
        var policies = new List<StochasticPolicy>();
        var hosted = new List<HostedShard>();
        IDisposable? limit = null;
        try
        {
            for (var i = 0; i < setup.Shards; i++)
                policies.Add(CreatePolicy(setup, parts, i, length));
            if (options.Network is not null)
                SetSizes(TrainingSizes.Of(options, policies[0], CountOf(setup), length, environment.ActionSpace.Length));

            // As in a training in one process; the threads of the block are started afterwards, and have the limit too.
            limit = TorchLimit.ForShards(setup.TotalShards, policies[0].IsComputedByTorch || (setup.Baseline.Length == 0 && options.EngineChoice.OfPerceptrons != NetworkEngine.Kernels))
                ?? TorchLimit.ForLittleWork(options, policies[0].IsComputedByTorch, policies[0].Length);
            for (var i = 0; i < setup.Shards; i++)
                hosted.Add(CreateShard(setup, options, parts, i, policies[i], environment, data, column, warn, cancellation));
            return new HostedBlock(setup, options, hosted, new PartThreads(setup.Shards, "Trpo shards"), CheckMemory, limit);
        }
        catch
        {
            foreach (var part in hosted)
                part.Dispose();
            foreach (var policy in policies.Skip(hosted.Count))
                policy.Dispose();
            limit?.Dispose();
            throw;
        }
    }

    private static int CountOf(BlockSetup setup) =>
        EnvironmentRange.First(setup.FirstShard + setup.Shards, setup.TotalEnvironments, setup.TotalShards) - EnvironmentRange.First(setup.FirstShard, setup.TotalEnvironments, setup.TotalShards);

    // The parameters and the state are restored afterwards; only what a network of the user's own draws and does not save comes from the stream.
    private StochasticPolicy CreatePolicy(BlockSetup setup, PartFactory parts, int index, int observationLength)
    {
        var policy = parts.CreatePolicy(observationLength, RandomOf(setup.NetworkRandoms[index]), isCopy: true);
        if (setup.Network.Length > 0)
        {
            // A tensor that others have is not disposed with them.
            foreach (var (name, tensor) in policy.Network.States)
            {
                if (!registry.TryClaim(tensor))
                    throw new WorkerException($"the factory of the network '{setup.Network}' that is registered there returned networks for two shards that share '{name}'; each shard needs a new one, with parameters and buffers of its own.");
            }
        }

        if (policy.Description == setup.Policy)
            return policy;
        using (policy)
            throw new WorkerException($"their policy is {setup.Policy}, but the parts that are registered there make {policy.Description}. Register the same parts on all machines.");
    }

    private static RandomSource RandomOf(byte[] state)
    {
        var random = new RandomSource(0);
        using var reader = MessageFormat.Open(state);
        random.RestoreState(reader);
        return random;
    }

    private static HostedShard CreateShard(
        BlockSetup setup, TrpoOptions options, PartFactory parts, int index, StochasticPolicy policy, EnvironmentDataView environment, IDataView data, DataViewSchema.Column column, Action<string> warn, CancellationToken cancellation)
    {
        var shard = setup.FirstShard + index;
        var (first, end) = (EnvironmentRange.First(shard, setup.TotalEnvironments, setup.TotalShards), EnvironmentRange.First(shard + 1, setup.TotalEnvironments, setup.TotalShards));
        var owned = new List<IDisposable>();
        try
        {
            var environments = Owned(new TransformedVectorEnvironment(environment, end - first, data, column, warn, first, setup.TotalEnvironments, cancellation));
            IValueFunction values = setup.Baseline.Length > 0 ? new GivenValues(setup.Baseline) : Owned((ValueNetwork)parts.CreateValueFunction(environments.ObservationLength, new RandomSource(0)));
            return new HostedShard(TrainingShards.CreateShard(options, new ShardParts(environments, policy, values, RandomOf(setup.Randoms[index])), environment.ActionSpace.Length, setup.Capacity, turns: null), environments, policy, values);
        }
        catch
        {
            foreach (var part in owned)
                part.Dispose();
            throw;
        }

        T Owned<T>(T part) where T : IDisposable
        {
            owned.Add(part);
            return part;
        }
    }

    private static void CheckVersion(string version, string arithmetic)
    {
        if (version != LibraryVersion.Informational)
            throw new WorkerException($"it has version {LibraryVersion.Informational} of Trpo.Estimators, but the training has {version}: use the same version of the packages on all machines.");
        if (arithmetic != Arithmetic.OfThisProcess)
            throw new WorkerException($"it computes by {Arithmetic.OfThisProcess}, but the training by {arithmetic}, so that results would differ in their last bits. Use one runtime and one kind of machine; processors of different vectors can all be limited to the narrower ones (DOTNET_EnableAVX512=0).");
    }

    private TrpoOptions OptionsOf(BlockSetup setup)
    {
        var options = TrpoOptionsJson.Read(setup.Options) with
        {
            // Files, evaluations and the response to divergence are the training's own.
            Checkpoints = null,
            Evaluation = null,
            Distribution = setup.Distribution.Length == 0 ? null : registry.FindDistribution(setup.Distribution),
            Network = setup.Network.Length == 0 ? null : registry.FindNetwork(setup.Network),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }

        return options;
    }

    private EnvironmentDataView CreateEnvironment(BlockSetup setup)
    {
        var factory = registry.FindEnvironment(setup.Environment);
        var stepping = new SteppingOptions { StepTimeout = setup.StepTimeout, MaxRestarts = setup.MaxRestarts };
        var environment = new EnvironmentDataView(
            ml, factory, setup.TotalEnvironments, setup.EnvironmentColumn.Length == 0 ? null : setup.EnvironmentColumn, rows: 1, seed: 0, setup.EpisodeStepLimit, stepping, CancellationToken.None);
        var spaces = environment.DescribeSpaces();
        return spaces == setup.Spaces
            ? environment
            : throw new WorkerException($"the environment '{setup.Environment}' that is registered there has other spaces than that of the training. There: {spaces}. In the training: {setup.Spaces}. Register the same environment on all machines.");
    }
}

using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>A block of shards in this process: does the operations of a training on all of them, each on a thread of its own, and adds up what they answer.</summary>
/// <param name="setup">What the block was created from.</param>
/// <param name="options">The options of the training.</param>
/// <param name="hosted">The shards, with the copies of the models.</param>
/// <param name="threads">The threads, which the block disposes.</param>
/// <param name="checkMemory">Throws if an iteration of a number of steps of each environment would not fit into memory.</param>
/// <param name="limit">The limit on the threads of libtorch, which the block disposes; null for none.</param>
internal sealed class HostedBlock(BlockSetup setup, TrpoOptions options, IReadOnlyList<HostedShard> hosted, PartThreads threads, Action<int> checkMemory, IDisposable? limit) : IDisposable
{
    private readonly Shard[] _shards = [.. hosted.Select(part => part.Shard)];
    private readonly PartialProblems?[] _problems = new PartialProblems?[2];
    private byte[][] _networkStates = [];
    private EstimationAnswer _estimate;
    private bool _hasEpisodes;

    /// <summary>The setup.</summary>
    public BlockSetup Setup => setup;

    /// <summary>The number of environments.</summary>
    public int EnvironmentCount => _shards.Sum(shard => shard.EnvironmentCount);

    /// <summary>The number of steps of each environment that the rollout of the slowest shard has.</summary>
    public int CollectedSteps => _shards.Min(shard => shard.CollectedSteps);

    /// <summary>The number of failed environments that have been replaced.</summary>
    public int Restarts => _shards.Sum(shard => shard.Restarts);

    /// <summary>Does an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="mustStop">Asked before each environment step; true stops collecting.</param>
    /// <returns>The result; empty for none.</returns>
    /// <exception cref="InvalidDataException">The arguments are none of the operation, or it is out of order.</exception>
    public byte[] Do(ShardOperation operation, BinaryReader arguments, Func<bool> mustStop)
    {
        switch (operation)
        {
            case ShardOperation.BeginIteration:
                BeginIteration(arguments);
                return [];
            case ShardOperation.AbandonIteration:
                threads.Run(_shards.Length, index => _shards[index].AbandonIteration());
                return [];
            case ShardOperation.Collect:
                return Collect(arguments.ReadInt32(), mustStop);
            case ShardOperation.Estimate:
                return Estimate(arguments.ReadDouble(), arguments);
            case ShardOperation.BeginPolicyUpdate:
                BeginPolicyUpdate(arguments);
                return [];
            case ShardOperation.BeginValueFit:
                BeginValueFit(arguments.ReadValue<Moments>(), arguments.ReadDouble());
                return [];
            case ShardOperation.GetObservations:
                return MessageFormat.Write(writer => writer.WriteSpan(_shards[0].GetRows().Observations.Span));
            case ShardOperation.RestoreState:
                return RestoreState(arguments);
            case ShardOperation.RestoreEnvironments:
                return Rollout(RestoreEnvironments(CheckpointContent.Of(arguments.ReadArray<byte>("bytes of environments"))));
            case ShardOperation.ResetEnvironments:
                return ResetEnvironments(arguments.ReadInt32());
            case ShardOperation.Reseed:
                var stream = arguments.ReadUInt64();
                threads.Run(_shards.Length, index => _shards[index].Reseed(stream));
                return [];
            case ShardOperation.TakeSnapshot:
                return Rollout(isComplete: true);
            default:
                return HostedProblem.Do(Problem(arguments), operation, arguments);
        }
    }

    /// <summary>Restores the state that a block begins with.</summary>
    /// <param name="models">The state of the models.</param>
    /// <param name="snapshot">The states of the shards and of their environments; empty for the start of a training.</param>
    /// <returns>False if the episodes of the environments could not be restored and are cut off.</returns>
    public bool Begin(byte[] models, byte[] snapshot)
    {
        RestoreModels(models);
        if (snapshot.Length == 0)
            return true;
        var content = CheckpointContent.Of(snapshot);
        RestoreShards(content);
        return !content.Has(ShardStates.CollectorOf(setup.FirstShard)) || RestoreEnvironments(content);
    }

    /// <summary>Ends the threads, then disposes environments and models.</summary>
    public void Dispose()
    {
        threads.Dispose();
        foreach (var part in hosted)
            part.Dispose();
        limit?.Dispose();
    }

    private void BeginIteration(BinaryReader arguments)
    {
        var steps = arguments.ReadInt32(1, 2_000_000_000, "The number of steps");
        var statistics = arguments.ReadBoolean() ? hosted[0].Policy.Normalizer?.CreateStatistics() ?? throw new InvalidDataException("There are statistics for a policy that does not normalize.") : null;
        statistics?.RestoreState(arguments);
        checkMemory(steps);
        Array.Clear(_problems);
        threads.Run(_shards.Length, index => _shards[index].BeginIteration(steps, statistics));
    }

    private byte[] Collect(int restartsElsewhere, Func<bool> mustStop)
    {
        SetRestartsElsewhere(restartsElsewhere);
        return Rollout(_shards.Length == 1
            ? _shards[0].Collect(() => !mustStop())
            : new RolloutRound(_shards, threads, mustStop, mustStop).Collect(() => !mustStop()));
    }

    private byte[] ResetEnvironments(int restartsElsewhere)
    {
        SetRestartsElsewhere(restartsElsewhere);
        threads.Run(_shards.Length, index => _shards[index].ResetEnvironments());
        _hasEpisodes = true;
        return Rollout(isComplete: true);
    }

    // What several shards restart at the same time is counted afterwards, by the training.
    private void SetRestartsElsewhere(int restartsElsewhere)
    {
        var all = Restarts;
        foreach (var shard in _shards)
            shard.RestartsElsewhere = restartsElsewhere + all - shard.Restarts;
    }

    private byte[] Estimate(double entropyCoefficient, BinaryReader arguments)
    {
        var given = hosted.Select(part => part.Values).OfType<GivenValues>().ToList();
        foreach (var values in given)
            values.Give(arguments.ReadArray<double>("values of a baseline"));
        EstimationSums[] sums = threads.Map(_shards.Length, index => _shards[index].Estimate(entropyCoefficient));
        _estimate = new EstimationAnswer(
            BinaryTree.Combine<EstimationSums>(sums, EstimationSums.Merge),
            _shards.Sum(shard => shard.UpdateRows),
            _shards.Sum(shard => RowSample.CountOf(shard.UpdateRows, options.FisherFraction)),
            _shards.Sum(shard => shard.RowCount),
            _shards.Sum(shard => RowSample.CountOf(shard.RowCount, options.ValueFunction.FisherFraction)));
        return MessageFormat.Write(
            writer =>
            {
                writer.WriteValue(_estimate);
                if (given.Count == 0)
                    return;
                foreach (var shard in _shards)
                    writer.WriteSpan(shard.GetRows().Targets.Span);
            },
            capacity: 256);
    }

    private void BeginPolicyUpdate(BinaryReader arguments)
    {
        var standardizes = arguments.ReadBoolean();
        var standardization = arguments.ReadValue<Standardization>();
        _problems[(int)ProblemKind.Policy] = Problem(shard => shard.BeginPolicyUpdate(standardizes ? standardization : null));
    }

    private void BeginValueFit(Moments targets, double rounding) =>
        _problems[(int)ProblemKind.ValueFunction] = Problem(shard => shard.BeginValueFit(targets, rounding));

    private PartialProblems Problem(Func<Shard, IPartialProblem> begin) => new(threads.Map(_shards.Length, index => begin(_shards[index])), threads);

    private PartialProblems Problem(BinaryReader arguments)
    {
        var kind = arguments.ReadByte();
        return (kind < _problems.Length ? _problems[kind] : null) ?? throw new InvalidDataException(FormattableString.Invariant($"There is no problem {kind} at work."));
    }

    private byte[] RestoreState(BinaryReader arguments)
    {
        var models = arguments.ReadArray<byte>("bytes of models");
        RestoreModels(models);
        RestoreShards(CheckpointContent.Of(arguments.ReadArray<byte>("bytes of shards")));

        // The environments are restored or reset next; until then they may be in the middle of a step that failed.
        _hasEpisodes = false;
        return Rollout(isComplete: true);
    }

    private void RestoreModels(byte[] models)
    {
        foreach (var part in hosted)
            ModelMirror.Restore(models, part.Policy, part.Values);
        if (setup.Network.Length > 0)
            _networkStates = [.. hosted.Select(part => part.Policy.Network.GetState())];
    }

    // Parameters go from the training to its workers; what a network changes by itself would not come back.
    private void CheckNetworks()
    {
        for (var i = 0; i < _networkStates.Length; i++)
        {
            if (!hosted[i].Policy.Network.GetState().AsSpan().SequenceEqual(_networkStates[i]))
                throw new WorkerException($"the network '{setup.Network}' changed a buffer, or the state that its SaveState writes, while it computed. On workers, a network computes from its inputs and its state and leaves the state as it is; train in one process, or keep what changes out of the state.");
        }
    }

    private void RestoreShards(CheckpointContent content)
    {
        Array.Clear(_problems);
        for (var i = 0; i < _shards.Length; i++)
            _shards[i].RestoreState(content, setup.FirstShard + i);
    }

    private bool RestoreEnvironments(CheckpointContent content)
    {
        var restored = true;
        for (var i = 0; i < _shards.Length; i++)
            restored &= _shards[i].RestoreEnvironments(content, setup.FirstShard + i);
        _hasEpisodes = true;
        return restored;
    }

    private byte[] Rollout(bool isComplete)
    {
        CheckNetworks();
        var ordered = _shards.SelectMany(shard => shard.Episodes.Zip(shard.EpisodeEnds)).OrderBy(pair => pair.Second).ToList();
        var snapshot = new CheckpointContent();
        for (var i = 0; i < _shards.Length; i++)
        {
            _shards[i].SaveState(snapshot, setup.FirstShard + i);

            // An environment has no state before its first episode.
            if (_hasEpisodes)
                _shards[i].SaveEnvironments(snapshot, setup.FirstShard + i);
        }

        return new RolloutAnswer
        {
            IsComplete = isComplete,
            RowCount = _shards.Sum(shard => shard.RowCount),
            Episodes = [.. ordered.Select(pair => pair.First)],
            EpisodeEnds = [.. ordered.Select(pair => pair.Second)],
            Statistics = _shards[0].Statistics is null ? null : BinaryTree.Combine<ObservationStatistics>([.. _shards.Select(shard => shard.Statistics!)], ObservationStatistics.Merge),
            Truncation = hosted.Select(part => part.Environments.Unwrapped.FindTruncation()).FirstOrDefault(warning => warning is not null) ?? "",
            SlotRanges = [.. hosted.Select(part => part.Environments.GetSlotRanges()).Where(ranges => ranges.Length > 0)],
            Snapshot = snapshot.ToArray(),
        }.ToArray();
    }
}

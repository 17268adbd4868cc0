using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards;

/// <summary>All shards of a training, and the sums of what they answer, combined by <see cref="BinaryTree"/> over the index of the shard.</summary>
/// <param name="shards">The shards, at least one, in the order of their indices.</param>
/// <param name="valueFunction">The value function: the first shard's copy of the built-in network, or a baseline that all shards share.</param>
/// <param name="normalizeAdvantages">True to standardize the advantages of an iteration.</param>
internal sealed class ShardGroup(IReadOnlyList<IShard> shards, IValueFunction valueFunction, bool normalizeAdvantages)
{
    private EstimationSums _sums;

    // Those of several shards, in order; null while they may change.
    private IReadOnlyList<Episode>? _episodes;

    // The index of the first shard that each stands for.
    private readonly int[] _first = FirstOf(shards);

    /// <summary>The number of shards, <c>K</c>.</summary>
    public int Count { get; } = shards.Sum(shard => shard.Count);

    /// <summary>True if the shards run on workers.</summary>
    public bool IsRemote => shards[0].IsRemote;

    /// <summary>The threads that run the shards, which the caller disposes. One thread, the calling one, by default.</summary>
    public ShardThreads Threads { get; init; } = new(shards.Count, threads: 1, collectors: 1);

    /// <summary>The number of times that failed environments are replaced by new ones, over all shards.</summary>
    public int MaxRestarts { get; init; } = int.MaxValue;

    /// <summary>The policy of the first shard, or of the training itself where shards run on workers, if Fisher products are computed on the sampled rows of all shards in one place; null, the default, for products of each shard.</summary>
    public StochasticPolicy? GatherInto { get; init; }

    /// <summary>Called on the calling thread after the environments of several shards were reset or stepped, in order to deliver their warnings; null for nothing.</summary>
    public Action? Stepped { get; init; }

    /// <summary>The number of environments of all shards.</summary>
    public int EnvironmentCount { get; } = shards.Sum(shard => shard.EnvironmentCount);

    /// <summary>The number of rows of the current rollouts of all shards.</summary>
    public int RowCount => shards.Sum(shard => shard.RowCount);

    /// <summary>The episodes that ended in the current iteration, in the order of their ends: by step, then by environment. With those of one shard after another, the last hundred would all be of the last shard.</summary>
    public IReadOnlyList<Episode> Episodes => shards.Count == 1 ? shards[0].Episodes : _episodes ??= InOrder();

    /// <summary>The number of failed environments of all shards that have been replaced by new ones since training began.</summary>
    public int Restarts => shards.Sum(shard => shard.Restarts);

    /// <summary>The times of the blocks in the current iteration where shards run on workers; empty where they do not.</summary>
    public IReadOnlyList<WorkerTimes> WorkerTimes => IsRemote ? [.. shards.Select(shard => shard.WorkerTimes).OfType<WorkerTimes>()] : [];

    /// <summary>Begins an iteration.</summary>
    /// <param name="steps">The number of steps to collect from each environment.</param>
    public void BeginIteration(int steps)
    {
        _episodes = null;
        ObservationStatistics? statistics = null;
        if (shards[0].Statistics is not null)
            statistics = BinaryTree.Combine<ObservationStatistics>([.. shards.Select(shard => shard.Statistics!)], ObservationStatistics.Merge);
        Threads.Updates.Run(shards.Count, index => shards[index].BeginIteration(steps, statistics));
    }

    /// <summary>Abandons the iteration: the policy normalizes again as at its last update.</summary>
    public void AbandonIteration()
    {
        foreach (var shard in shards)
            shard.AbandonIteration();
    }

    /// <summary>Collects the rollouts of the iteration, from where they stopped.</summary>
    /// <param name="proceed">Asked before each step of all environments; with several shards, while all of them stand still: at first and after <paramref name="mustPause"/>.</param>
    /// <param name="mustPause">Asked before each step of one of several shards, on its thread; true if <paramref name="proceed"/> is to be asked. Null for never.</param>
    /// <param name="isCancelled">Asked before each step that one of several shards makes after another failed, on its thread; true to throw the failure at hand. Null for never.</param>
    /// <returns>True if they are complete, false if <paramref name="proceed"/> stopped them.</returns>
    public bool Collect(Func<bool> proceed, Func<bool>? mustPause = null, Func<bool>? isCancelled = null)
    {
        if (shards.Count == 1 && !IsRemote)
            return shards[0].Collect(proceed);
        _episodes = null;
        var complete = false;
        Step(() => complete = new RolloutRound(shards, Threads.Collection, mustPause ?? (() => false), isCancelled ?? (() => false)).Collect(proceed));
        return complete;
    }

    /// <summary>Estimates advantages and value targets.</summary>
    /// <param name="entropyCoefficient">The reward of one nat of entropy.</param>
    /// <returns>The share of the variance of the value targets that the value function explains; NaN where they do not vary.</returns>
    public double Estimate(double entropyCoefficient)
    {
        // A baseline that all shards share is asked by one after the other, or for one after the other.
        foreach (var shard in shards)
            shard.PredictValues();
        EstimationSums[] sums = valueFunction is ValueNetwork || IsRemote
            ? Threads.Updates.Map(shards.Count, index => shards[index].Estimate(entropyCoefficient))
            : [.. shards.Select(shard => shard.Estimate(entropyCoefficient))];
        _sums = BinaryTree.Combine<EstimationSums>(sums, EstimationSums.Merge);
        return Moments.ExplainedVariance(_sums.Residuals, _sums.Targets, _sums.Rounding);
    }

    /// <summary>Prepares the policy's update. Called once after <see cref="Estimate"/>.</summary>
    public PolicyProblem BeginPolicyUpdate()
    {
        Standardization? standardization = normalizeAdvantages ? _sums.Advantages : null;
        return new PolicyProblem(Threads.Updates.Map(shards.Count, index => shards[index].BeginPolicyUpdate(standardization)), Threads.Updates, GatherInto);
    }

    /// <summary>
    /// Fits the value function to the targets. Called once after <see cref="Estimate"/>; it may run beside the policy's update, whose state it does not share, where
    /// <see cref="ShardThreads.FitsBesideUpdate"/>.
    /// </summary>
    /// <returns>The mean squared error that is left.</returns>
    public double FitValueFunction() => valueFunction is ValueNetwork network
        ? network.Fit(Threads.ValueFit.Map(shards.Count, index => shards[index].BeginValueFit(_sums.Targets, _sums.Rounding)), Threads.ValueFit, GatherInto is not null)
        : FitRows();

    /// <summary>The name of the value function in messages.</summary>
    public string ValueFunctionName => NameOf(valueFunction);

    /// <summary>The number of values of an observation as the pipeline transforms it, <c>d</c>.</summary>
    public int ObservationLength => shards[0].ObservationLength;

    /// <summary>Returns the observations of the first shard's rollout as the pipeline transformed them, <c>[N, d]</c>.</summary>
    public ReadOnlyMemory<float> FirstObservations() => shards[0].GetRows().Observations;

    /// <summary>Returns the number of shards of a training that was saved.</summary>
    /// <param name="content">The saved states.</param>
    /// <param name="environments">The number of environments, which is the largest possible one.</param>
    /// <exception cref="CheckpointException">It is no number of shards.</exception>
    public static int CountOf(CheckpointContent content, int environments)
    {
        var count = 1;
        if (content.Has(ShardStates.Count))
            content.Restore(ShardStates.Count, reader => count = reader.ReadInt32(2, environments, "The number of shards"));
        return count;
    }

    /// <summary>Adds the states of the models and of the shards, but for those of their environments.</summary>
    public void Save(CheckpointContent content)
    {
        foreach (var (name, part) in shards[0].Models)
            content.Add(name, part.SaveState);
        for (var i = 0; i < shards.Count; i++)
            shards[i].SaveState(content, _first[i]);
        if (Count > 1)
            content.Add(ShardStates.Count, writer => writer.Write(Count));
    }

    /// <summary>Restores what <see cref="Save"/> added.</summary>
    /// <exception cref="CheckpointException">It is not the state of such shards.</exception>
    public void Restore(CheckpointContent content)
    {
        _episodes = null;
        foreach (var (name, part) in shards.SelectMany(shard => shard.Models))
            content.Restore(name, part.RestoreState);
        for (var i = 0; i < shards.Count; i++)
            shards[i].RestoreState(content, _first[i]);
    }

    /// <summary>Adds the states of the environments, where they can be saved, and the observations that they are at.</summary>
    public void SaveEnvironments(CheckpointContent content)
    {
        for (var i = 0; i < shards.Count; i++)
            shards[i].SaveEnvironments(content, _first[i]);
    }

    /// <summary>Restores the environments, or resets them where that is not possible.</summary>
    /// <returns>True if all were restored.</returns>
    /// <exception cref="CheckpointException">The transforms compute other values than they did for the saved observations.</exception>
    public bool RestoreEnvironments(CheckpointContent content)
    {
        var restored = true;
        for (var i = 0; i < shards.Count; i++)
            restored &= shards[i].RestoreEnvironments(content, _first[i]);
        return restored;
    }

    /// <summary>Starts a new episode in every environment.</summary>
    public void ResetEnvironments()
    {
        if (shards.Count == 1 && !IsRemote)
        {
            shards[0].ResetEnvironments();
            return;
        }

        Step(() => Threads.Collection.Run(shards.Count, index => shards[index].ResetEnvironments()));
    }

    /// <inheritdoc cref="IShard.Reseed"/>
    public void Reseed(ulong stream)
    {
        foreach (var shard in shards)
            shard.Reseed(stream);
    }

    private IReadOnlyList<Episode> InOrder() =>
        [.. shards.SelectMany(shard => shard.Episodes.Zip(shard.EpisodeEnds)).OrderBy(pair => pair.Second).Select(pair => pair.First)];

    // Each shard restarts environments as long as those that all others restarted before leave it to; what they restart at the same time is counted afterwards.
    private void Step(Action step)
    {
        var before = Restarts;
        foreach (var shard in shards)
            shard.RestartsElsewhere = before - shard.Restarts;
        try
        {
            step();
        }
        finally
        {
            Stepped?.Invoke();
        }

        if (Restarts > before && Restarts > MaxRestarts)
            throw new EnvironmentException(FormattableString.Invariant($"{Restarts} environments failed and were created anew, those of several shards at the same time; the maxRestarts of LoadFromEnvironment allows {MaxRestarts}. Raise it, or mend the environment."));
    }

    // A custom baseline fits rows, not sums: they are gathered in the order of the shards.
    private double FitRows()
    {
        if (shards.Count == 1)
            return FitRows(shards[0].GetRows());
        ShardRows[] rows = [.. shards.Select(shard => shard.GetRows())];
        return FitRows(new ShardRows(
            ReadOnlyMemory<float>.Empty,
            rows.SelectMany(row => row.ValueInputs.ToArray()).ToArray(),
            rows.SelectMany(row => row.Targets.ToArray()).ToArray()));
    }

    private double FitRows(ShardRows rows) => valueFunction.Fit(rows.ValueInputs.Span, rows.Targets.Span);

    /// <summary>Returns the name of a value function in messages.</summary>
    public static string NameOf(IValueFunction valueFunction) => valueFunction switch
    {
        ValueNetwork => "the value function",
        GivenValues given => given.Name,
        _ => $"the baseline {valueFunction.GetType().Name}",
    };

    private static int[] FirstOf(IReadOnlyList<IShard> shards)
    {
        var first = new int[shards.Count];
        for (var i = 1; i < first.Length; i++)
            first[i] = first[i - 1] + shards[i - 1].Count;
        return first;
    }
}

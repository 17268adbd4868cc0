using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>A block of consecutive shards that runs on a worker.</summary>
internal sealed class RemoteShard : IShard, IDisposable
{
    private readonly WorkerSession _session;
    private readonly ModelMirror _mirror;
    private readonly BlockSetup _setup;
    private CheckpointContent? _snapshot;
    private EstimationAnswer _estimate;
    private ShardRows? _rows;
    private RolloutAnswer? _news;

    /// <param name="session">The session with the worker.</param>
    /// <param name="setup">What the block is created from.</param>
    /// <param name="mirror">The training's own models.</param>
    public RemoteShard(WorkerSession session, BlockSetup setup, ModelMirror mirror)
    {
        (_session, _setup, _mirror) = (session, setup, mirror);
        EnvironmentCount = EnvironmentRange.First(setup.FirstShard + setup.Shards, setup.TotalEnvironments, setup.TotalShards) - EnvironmentRange.First(setup.FirstShard, setup.TotalEnvironments, setup.TotalShards);
        Statistics = mirror.Policy.Normalizer?.CreateStatistics();
        session.Rebase(mirror.Capture(), [], canMove: false);
    }

    public int Count => _setup.Shards;

    public bool IsRemote => true;

    public int EnvironmentCount { get; }

    public int RowCount { get; private set; }

    public required int ObservationLength { get; init; }

    public IReadOnlyList<Episode> Episodes { get; private set; } = [];

    public IReadOnlyList<int> EpisodeEnds { get; private set; } = [];

    public ObservationStatistics? Statistics { get; private set; }

    public int Restarts => _session.Restarts;

    public int CollectedSteps => _session.CollectedSteps;

    public int RestartsElsewhere { private get; set; }

    public WorkerTimes? WorkerTimes => new()
    {
        FirstShard = _setup.FirstShard,
        Shards = _setup.Shards,
        Steps = RowCount,
        Rollout = _session.Times.Rollout,
        Advantages = _session.Times.Advantages,
        PolicyUpdate = _session.Times.PolicyUpdate,
        ValueFit = _session.Times.ValueFit,
        BeginsAnew = _session.Times.BeginsAnew,
    };

    /// <summary>Gets the baseline of the user's own; null for the built-in value function.</summary>
    public RemoteBaseline? Baseline { get; init; }

    public IReadOnlyList<(string Name, ICheckpointable Part)> Models => !IsFirst ? [] : _mirror.Values is ICheckpointable values ? [("policy", _mirror.Policy), ("value function", values)] : [("policy", _mirror.Policy)];

    // The first block changes the training's own models, once.
    private bool IsFirst => _setup.FirstShard == 0;

    public void BeginIteration(int steps, ObservationStatistics? statistics)
    {
        if (IsFirst && statistics is not null)
        {
            _mirror.Invalidate();
            _mirror.Policy.Normalizer!.Advance(statistics);
        }

        _session.Post(Operation(ShardOperation.BeginIteration, writer =>
        {
            writer.Write(steps);
            writer.Write(statistics is not null);
            statistics?.SaveState(writer);
        }));
        (_snapshot, _rows) = (null, null);
        (RowCount, Episodes, EpisodeEnds) = (EnvironmentCount * steps, [], []);
        Statistics = _mirror.Policy.Normalizer?.CreateStatistics();
        _session.CollectedSteps = 0;
        _session.Times = new CallTimes();
    }

    public void AbandonIteration()
    {
        if (IsFirst)
        {
            _mirror.Invalidate();
            _mirror.Policy.Normalizer?.StepBack();
        }

        _session.Post(Operation(ShardOperation.AbandonIteration));
    }

    public bool Collect(Func<bool>? proceed)
    {
        if (proceed is not null && !proceed())
            return false;
        return CallForRollout(Operation(ShardOperation.Collect, writer => writer.Write(RestartsElsewhere)), () => _session.IsCancelled ? StopLevel.Cancel : proceed is null || proceed() ? StopLevel.None : StopLevel.Pause);
    }

    public void PredictValues() => Baseline?.Predict(Snapshot());

    public EstimationSums Estimate(double entropyCoefficient)
    {
        using var reader = MessageFormat.Open(_session.Call(Operation(ShardOperation.Estimate, writer =>
        {
            writer.Write(entropyCoefficient);
            Baseline?.Write(writer);
        })));
        _estimate = reader.ReadValue<EstimationAnswer>();
        _rows = Baseline?.ReadTargets(reader);
        return _estimate.Sums;
    }

    public IPartialProblem BeginPolicyUpdate(Standardization? standardization)
    {
        _session.Post(Operation(ShardOperation.BeginPolicyUpdate, writer =>
        {
            writer.Write(standardization is not null);
            writer.WriteValue(standardization ?? default);
        }));
        return new RemoteProblem(_session, ProblemKind.Policy, _mirror.Policy, IsFirst ? _mirror.Invalidate : null, _estimate.UpdateRows, _estimate.UpdateFisherRows);
    }

    public IPartialProblem BeginValueFit(Moments targets, double rounding)
    {
        var operation = Operation(ShardOperation.BeginValueFit, writer =>
        {
            writer.WriteValue(targets);
            writer.Write(rounding);
        });

        // The worker knows the targets and names the largest of those that overflow.
        if (double.IsFinite(targets.SquaredDeviations))
            _session.Post(operation);
        else
            _session.Call(operation);
        if (IsFirst)
        {
            _mirror.Invalidate();
            _mirror.ValueNetwork.BeginFit(targets, rounding);
        }

        return new RemoteProblem(_session, ProblemKind.ValueFunction, _mirror.ValueNetwork, IsFirst ? _mirror.Invalidate : null, _estimate.FitRows, _estimate.FitFisherRows);
    }

    public ShardRows GetRows()
    {
        if (_rows is { } rows)
            return rows;
        using var reader = MessageFormat.Open(_session.Call(Operation(ShardOperation.GetObservations), changesState: false));
        return new ShardRows(reader.ReadArray<float>("values of observations"), default, default);
    }

    public void SaveState(CheckpointContent content, int first)
    {
        for (var i = first; i < first + Count; i++)
            Snapshot().CopyTo(content, ShardStates.NameOf(i));
    }

    public void RestoreState(CheckpointContent content, int first)
    {
        var states = new CheckpointContent();
        for (var i = first; i < first + Count; i++)
            content.CopyTo(states, ShardStates.NameOf(i));
        if (IsFirst)
            _mirror.Invalidate();
        CallForRollout(Operation(ShardOperation.RestoreState, writer =>
        {
            writer.WriteSpan<byte>(_mirror.Capture());
            writer.WriteSpan<byte>(states.ToArray());
        }));
    }

    public void SaveEnvironments(CheckpointContent content, int first)
    {
        for (var i = first; i < first + Count; i++)
        {
            Snapshot().CopyTo(content, ShardStates.CollectorOf(i));
            if (Snapshot().Has(ShardStates.EnvironmentsOf(i)))
                Snapshot().CopyTo(content, ShardStates.EnvironmentsOf(i));
        }
    }

    public bool RestoreEnvironments(CheckpointContent content, int first)
    {
        var states = new CheckpointContent();
        for (var i = first; i < first + Count; i++)
        {
            content.CopyTo(states, ShardStates.CollectorOf(i));
            if (content.Has(ShardStates.EnvironmentsOf(i)))
                content.CopyTo(states, ShardStates.EnvironmentsOf(i));
        }

        return CallForRollout(Operation(ShardOperation.RestoreEnvironments, writer => writer.WriteSpan<byte>(states.ToArray())));
    }

    public void ResetEnvironments() =>
        CallForRollout(Operation(ShardOperation.ResetEnvironments, writer => writer.Write(RestartsElsewhere)), () => _session.IsCancelled ? StopLevel.Cancel : StopLevel.None);

    public void Reseed(ulong stream)
    {
        _session.Post(Operation(ShardOperation.Reseed, writer => writer.Write(stream)));
        _snapshot = null;
    }

    /// <summary>Gives the warnings of the worker to a receiver, and what warnings of the whole training are made of to its environments. Called while the worker is not asked.</summary>
    /// <param name="warn">Receives the warnings.</param>
    /// <param name="environments">The environments of the training, which are not stepped.</param>
    public void DeliverWarnings(Action<string> warn, TransformedVectorEnvironment environments)
    {
        _session.DeliverWarnings(warn);
        if (_news is not { } news)
            return;
        _news = null;
        environments.Include([], news.Truncation.Length == 0 ? null : news.Truncation);
        foreach (var ranges in news.SlotRanges)
            environments.Include(ranges, truncation: null);
    }

    /// <inheritdoc cref="WorkerSession.Greet"/>
    public void Greet() => _session.Greet();

    /// <summary>Tells the worker that the training has ended.</summary>
    /// <returns>The task of its answer, which may never come.</returns>
    public Task EndAsync() => _session.EndAsync();

    public void Dispose() => _session.Dispose();

    private CheckpointContent Snapshot()
    {
        if (_snapshot is null)
            CallForRollout(Operation(ShardOperation.TakeSnapshot));
        return _snapshot!;
    }

    private bool CallForRollout(byte[] operation, Func<StopLevel>? mustStop = null)
    {
        _snapshot = null;
        var answer = RolloutAnswer.Of(_session.Call(operation, mustStop: mustStop), () => _mirror.Policy.Normalizer?.CreateStatistics());
        _snapshot = CheckpointContent.Of(answer.Snapshot);
        _news = answer;
        (RowCount, Episodes, EpisodeEnds, Statistics) = (answer.RowCount, answer.Episodes, answer.EpisodeEnds, answer.Statistics);

        // From here on the block can be begun from this state.
        _session.Rebase(_mirror.Capture(), answer.Snapshot, canMove: _snapshot.Has(ShardStates.EnvironmentsOf(_setup.FirstShard)));
        return answer.IsComplete;
    }

    private static byte[] Operation(ShardOperation operation, Action<BinaryWriter>? write = null) => MessageFormat.Write(writer =>
    {
        writer.Write((byte)operation);
        write?.Invoke(writer);
    });
}

using System.Numerics.Tensors;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Shards;

/// <summary>A shard in this process, on whatever thread calls it, one at a time.</summary>
internal sealed class Shard : IShard
{
    // The square of a larger number overflows, so that the value function cannot be fitted to it.
    private const double MaxRewardRange = 1e150;

    private readonly TransformedVectorEnvironment _environments;
    private readonly StochasticPolicy _policy;
    private readonly IValueFunction _valueFunction;
    private readonly RandomSource _random;
    private readonly ShardOptions _options;
    private readonly RolloutCollector _collector;
    private readonly RolloutHistory _history;
    private readonly List<Episode> _episodes = [];
    private ReadOnlyMemory<float> _valueInputs;
    private float[] _normalized = [];
    private double[] _targets = [];
    private UpdateBatch? _batch;

    /// <param name="environments">The environments, seen through the pipeline.</param>
    /// <param name="policy">The shard's copy of the policy.</param>
    /// <param name="valueFunction">The shard's copy of the value function, or the baseline that all shards share.</param>
    /// <param name="random">The shard's random stream, for actions and the environments' seeds.</param>
    /// <param name="actionLength">The number of values of an action, <c>k</c>.</param>
    /// <param name="options">The settings.</param>
    public Shard(TransformedVectorEnvironment environments, StochasticPolicy policy, IValueFunction valueFunction, RandomSource random, int actionLength, ShardOptions options)
    {
        _environments = environments;
        _policy = policy;
        _valueFunction = valueFunction;
        _random = random;
        _options = options;
        _collector = new RolloutCollector(environments, actionLength, random, options.StaggerStarts, options.Turns);
        _history = new RolloutHistory(options.ReusedIterations, () => new Rollout(environments.Count, options.Capacity, environments.ObservationLength, actionLength));
        Statistics = policy.Normalizer?.CreateStatistics();
    }

    public int Count => 1;

    public bool IsRemote => false;

    public int EnvironmentCount => _environments.Count;

    public int RowCount => _history.Current.Rows;

    /// <summary>The number of rows of the policy's update: those of the current rollout and of the earlier ones that are reused. 0 before <see cref="Estimate(double)"/>.</summary>
    public int UpdateRows => _batch?.Advantages.Length ?? 0;

    public int ObservationLength => _environments.ObservationLength;

    public IReadOnlyList<Episode> Episodes => _episodes;

    public ObservationStatistics? Statistics { get; }

    public int Restarts => _collector.Restarts;

    public int CollectedSteps => _history.Current.CollectedSteps;

    public int RestartsElsewhere
    {
        set => _collector.RestartsElsewhere = value;
    }

    /// <summary>The current rollout.</summary>
    public Rollout Rollout => _history.Current;

    public IReadOnlyList<int> EpisodeEnds => _history.Current.EpisodeEnds();

    public IReadOnlyList<(string Name, ICheckpointable Part)> Models => _valueFunction is ICheckpointable values ? [("policy", _policy), ("value function", values)] : [("policy", _policy)];

    public void BeginIteration(int steps, ObservationStatistics? statistics)
    {
        (_batch, _valueInputs, _targets) = (null, default, []);
        if (statistics is not null)
            _policy.Normalizer!.Advance(statistics);
        Statistics?.Clear();
        _history.Next(steps);
        _episodes.Clear();
    }

    public void AbandonIteration() => _policy.Normalizer?.StepBack();

    public bool Collect(Func<bool>? proceed) => _collector.Collect(_policy, _history.Current, _episodes, Statistics, proceed);

    public EstimationSums Estimate(double entropyCoefficient)
    {
        var current = _history.Current;
        _valueInputs = ValueInputs(current);
        var values = new double[current.Rows];
        if (_valueFunction is ValueNetwork network)
            network.PredictBeforeFit(_valueInputs.Span, values);
        else
            _valueFunction.Predict(_valueInputs.Span, values);
        var estimates = Estimate(current, values, Bonuses(current, current.LogProbabilities, entropyCoefficient));
        _targets = estimates.Targets;
        _batch = UpdateBatch.Of(current, _history.Earlier, estimates.Advantages);
        var rounding = estimates.Rounding;
        if (_history.Earlier.Count > 0)
            rounding = Math.Max(rounding, EstimateEarlier(_batch, entropyCoefficient));

        // An advantage is the residual of its target: target - value.
        return new EstimationSums(Standardization.Of(_batch.Advantages, rounding), Moments.Of(estimates.Advantages), Moments.Of(_targets));
    }

    public IPartialProblem BeginPolicyUpdate(Standardization? standardization)
    {
        var batch = _batch ?? throw new InvalidOperationException($"{nameof(Estimate)} comes first.");
        _batch = null;
        standardization?.Apply(batch.Advantages);
        if (batch.Weights.Length > 0)
            TensorPrimitives.Multiply(batch.Advantages, batch.Weights, batch.Advantages);
        return new PolicyObjective(_policy, batch.Observations, batch.Actions, batch.Advantages, _options.FisherFraction);
    }

    public IPartialProblem BeginValueFit(Moments targets, double rounding) => ((ValueNetwork)_valueFunction).BeginFit(targets, rounding, _valueInputs, _targets);

    public ShardRows GetRows() => new(_history.Current.ObservationMemory, _valueInputs, _targets);

    public void SaveState(CheckpointContent content, int first) => content.Add(ShardStates.NameOf(first), SaveState);

    public void RestoreState(CheckpointContent content, int first) => content.Restore(ShardStates.NameOf(first), RestoreState);

    private void SaveState(BinaryWriter writer)
    {
        _history.SaveState(writer);
        Statistics?.SaveState(writer);
        _random.SaveState(writer);
        writer.Write(_episodes.Count);
        foreach (var episode in _episodes)
        {
            writer.Write(episode.Return);
            writer.Write(episode.Length);
            writer.Write(episode.Truncated);
        }
    }

    private void RestoreState(BinaryReader reader)
    {
        _history.RestoreState(reader);
        var rows = new RestoredRows(_environments.Unwrapped.ActionSpace, _policy.Mask, _valueFunction is ValueNetwork ? MaxRewardRange / _options.Advantages.RewardScale : double.PositiveInfinity);
        foreach (var rollout in _history.Earlier.Prepend(_history.Current))
            rows.Check(rollout);
        Statistics?.RestoreState(reader);
        if (Statistics is { } statistics && statistics.Count != (long)EnvironmentCount * CollectedSteps)
            throw new InvalidDataException(FormattableString.Invariant($"The statistics are of {statistics.Count} observations, but {(long)EnvironmentCount * CollectedSteps} were collected."));
        _random.RestoreState(reader);
        RestoreEpisodes(reader);
    }

    private void RestoreEpisodes(BinaryReader reader)
    {
        _episodes.Clear();
        var max = _environments.Unwrapped.MaxEpisodeSteps ?? int.MaxValue;
        for (var left = reader.ReadCount(bytesEach: sizeof(double), "episodes"); left > 0; left--)
            _episodes.Add(new Episode(reader.ReadDouble(double.NegativeInfinity, double.PositiveInfinity, "The return of an episode"), reader.ReadInt32(1, max, "The length of an episode"), reader.ReadBoolean()));
        if (_history.Current.EndedEpisodes() is var ended && ended != _episodes.Count)
            throw new InvalidDataException(FormattableString.Invariant($"There are {_episodes.Count} episodes, but {ended} ended in the rollout."));
    }

    public void SaveEnvironments(CheckpointContent content, int first)
    {
        content.Add(ShardStates.CollectorOf(first), _collector.SaveState);
        if (_environments.IsCheckpointable)
            content.Add(ShardStates.EnvironmentsOf(first), _environments.Unwrapped.SaveState);
    }

    public bool RestoreEnvironments(CheckpointContent content, int first)
    {
        content.Restore(ShardStates.CollectorOf(first), _collector.RestoreState);
        var restores = content.Has(ShardStates.EnvironmentsOf(first)) && _environments.IsCheckpointable;
        if (restores)
            content.Restore(ShardStates.EnvironmentsOf(first), _environments.Unwrapped.RestoreState);

        // A transform that keeps a state of its own may compute other values.
        if (!_environments.HasStatefulTransform && _collector.FindDifference() is var (environment, slot))
            throw new CheckpointException($"The transforms between environment '{_environments.Unwrapped.Name}' and the policy compute another value of slot {slot} from the observation of environment {_environments.Unwrapped.First + environment} than in the run that wrote the checkpoint: they were changed, or fitted on other data. Use the same pipeline and the same table (rows and seed of LoadFromEnvironment).");
        if (!restores)
            _collector.Reset(_history.Current);
        return restores;
    }

    public void ResetEnvironments() => _collector.Reset();

    public void Reseed(ulong stream) => _random.Reseed(_random.NextUInt64(), 0, stream);

    // The advantages of earlier rollouts are estimated anew, with the present values, and weighted by how much more probable their actions have become.
    // Returns the bound of their rounding error.
    private double EstimateEarlier(UpdateBatch batch, double entropyCoefficient)
    {
        var now = batch.EarlierLogProbabilities(_policy);
        if (Array.FindIndex(now, value => !double.IsFinite(value)) is >= 0 and var row)
            throw new NonFiniteException(PolicyFault.FindParameter(_policy) ?? batch.FindEarlierNonFinite(_policy, row, now[row]));
        var weights = batch.Weights.AsSpan(batch.Weights.Length - now.Length);
        var traces = new double[now.Length];
        var (start, rounding) = (0, 0.0);
        foreach (var rollout in _history.Earlier)
        {
            var rows = new Range(start, start + rollout.Rows);
            ImportanceWeights.Compute(now.AsSpan(rows), rollout.LogProbabilities, weights[rows]);
            ImportanceWeights.TraceCoefficients(weights[rows], traces.AsSpan(rows));
            var bonuses = Bonuses(rollout, now.AsSpan(rows), entropyCoefficient);
            var values = new double[rollout.Rows];
            _valueFunction.Predict(_policy.NetworkInputs(rollout.Observations), values);
            var estimates = Estimate(rollout, values, bonuses, traces.AsSpan(rows));
            estimates.Advantages.CopyTo(batch.Advantages, batch.Advantages.Length - now.Length + start);
            start += rollout.Rows;
            rounding = Math.Max(rounding, estimates.Rounding);
        }

        return rounding;
    }

    // The policy has not changed since it acted, or since it computed the log-probabilities of an earlier rollout.
    private double[] Bonuses(Rollout rollout, ReadOnlySpan<double> logProbabilities, double entropyCoefficient)
    {
        var family = _policy.Distribution;
        return entropyCoefficient == 0 || !family.DivergesAsDrawn
            ? EntropyBonus.Compute(logProbabilities, entropyCoefficient, family.EntropyOrigin)
            : EntropyBonus.Compute(_policy.DrawLogProbabilities(rollout.Observations, rollout.Actions, rollout.Rows), entropyCoefficient, family.EntropyOrigin);
    }

    private AdvantageEstimates Estimate(Rollout rollout, double[] values, ReadOnlySpan<double> bonuses, ReadOnlySpan<double> traces = default)
    {
        var bootstrapValues = new double[rollout.BootstrapRows.Length];
        _valueFunction.Predict(_policy.NetworkInputs(rollout.BootstrapObservations), bootstrapValues);
        var estimates = AdvantageEstimates.Compute(rollout, values, bootstrapValues, _options.Advantages, bonuses, _valueFunction is ValueNetwork network ? network.Rounding(values) : 0, traces);

        // A target is the sum of the advantage and the value. The sum of large finite targets may overflow too, where no fault is found.
        if (!double.IsFinite(TensorPrimitives.Sum<double>(estimates.Targets)) && EstimationFault.Find(rollout, values, bootstrapValues, _options.Advantages, bonuses, estimates, ShardGroup.NameOf(_valueFunction)) is { } fault)
            throw new NonFiniteException(fault);
        return estimates;
    }

    // In memory of the shard's own where the policy normalizes: the value function may be fitted while the policy is updated.
    private ReadOnlyMemory<float> ValueInputs(Rollout rollout)
    {
        if (_policy.Normalizer is null)
            return rollout.ObservationMemory;
        if (_normalized.Length < rollout.Observations.Length)
            _normalized = new float[rollout.Observations.Length];
        _policy.NetworkInputs(rollout.Observations).CopyTo(_normalized);
        return _normalized.AsMemory(0, rollout.Observations.Length);
    }
}

using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Shards;

/// <summary>Collects rollouts with a policy in a vector environment, whose observations pass through the upstream transforms.</summary>
internal sealed class RolloutCollector : ICheckpointable
{
    private readonly TransformedVectorEnvironment _transformed;
    private readonly VectorEnvironment _environments;
    private readonly StepQueue _queue;
    private readonly RandomSource _random;
    private readonly float[] _current;
    private readonly float[] _final;
    private readonly double[] _action;
    private readonly int[] _cutOffs;
    private readonly int _maxCutOff;
    private readonly Func<int, EnvironmentException, int> _seedOf;
    private readonly SemaphoreSlim? _turns;
    private double[] _parameters = [];

    /// <param name="environments">The environments.</param>
    /// <param name="actionLength">The number of values of an action, <c>k</c>.</param>
    /// <param name="random">The source of actions and of the environments' seeds.</param>
    /// <param name="staggerStarts">True to cut first episodes off at evenly spread steps, so that environments with episodes of one fixed length do not end together.</param>
    /// <param name="turns">Taken while environments are stepped or reset, so that not too many are at the same time; null for no limit.</param>
    public RolloutCollector(TransformedVectorEnvironment environments, int actionLength, RandomSource random, bool staggerStarts = false, SemaphoreSlim? turns = null)
    {
        _turns = turns;
        _transformed = environments;
        _environments = environments.Unwrapped;
        _queue = environments.Queue;
        _random = random;
        _current = new float[environments.Count * environments.ObservationLength];
        _final = new float[environments.ObservationLength];
        _action = new double[actionLength];
        _cutOffs = new int[environments.Count];
        _maxCutOff = staggerStarts ? _environments.MaxEpisodeSteps ?? 0 : 0;
        _seedOf = (_, _) => random.NextSeed();
    }

    /// <summary>The number of restarts of failed environments so far.</summary>
    public int Restarts => _queue.Restarts;

    /// <summary>The number of restarts of other environments that count as well.</summary>
    public int RestartsElsewhere
    {
        set => _queue.RestartsElsewhere = value;
    }

    /// <summary>Starts an episode in every environment, also in the middle of another.</summary>
    public void Reset()
    {
        // The first ends are spread evenly over the length of an episode; 0 stands for never.
        for (var e = 0; e < _cutOffs.Length; e++)
            _cutOffs[e] = FirstCutOff(e);
        _turns?.Wait();
        try
        {
            _queue.Reset(_random);
        }
        finally
        {
            _turns?.Release();
        }

        for (var e = 0; e < _environments.Count; e++)
            ReadFirst(e);
    }

    /// <summary>Starts an episode in every environment and cuts the episodes of a rollout in progress off.</summary>
    public void Reset(Rollout rollout)
    {
        for (var e = 0; e < _environments.Count; e++)
            rollout.CutOffEpisode(e, Row(_current, e));
        Reset();
    }

    /// <summary>Collects steps up to the rollout's number, from where it and the last rollout stopped.</summary>
    /// <param name="policy">The policy to act with.</param>
    /// <param name="rollout">Receives the steps.</param>
    /// <param name="episodes">Receives the episodes that end.</param>
    /// <param name="statistics">Receives the observations that are acted on; null where the policy does not normalize.</param>
    /// <param name="proceed">Asked before each step; null for always.</param>
    /// <returns>True if the rollout is complete, false if <paramref name="proceed"/> stopped it.</returns>
    /// <exception cref="NonFiniteException">The log-probability of an action is infinite or not a number; its environment is not stepped.</exception>
    public bool Collect(StochasticPolicy policy, Rollout rollout, ICollection<Episode> episodes, ObservationStatistics? statistics = null, Func<bool>? proceed = null)
    {
        if (rollout.IsComplete)
            return true;
        if (_parameters.Length != _environments.Count * policy.ParameterLength)
            _parameters = new double[_environments.Count * policy.ParameterLength];
        for (var t = rollout.CollectedSteps; t < rollout.Steps; t++)
        {
            if (proceed is not null && !proceed())
                return false;
            policy.Evaluate(_current, _parameters);
            for (var e = 0; e < _environments.Count; e++)
                Act(e, rollout, rollout.Row(e, t), policy);
            Step(policy, rollout, t);
            for (var e = 0; e < _environments.Count; e++)
                Record(e, rollout, rollout.Row(e, t), policy, statistics, episodes);
            RunQueue();
            for (var e = 0; e < _environments.Count; e++)
            {
                if (rollout.Ended(rollout.Row(e, t)))
                    ReadFirst(e);
            }

            rollout.CompleteStep();
        }

        for (var e = 0; e < _environments.Count; e++)
        {
            var last = rollout.Row(e, rollout.Steps - 1);
            if (!rollout.Ended(last))
                rollout.AddBootstrap(last, Row(_current, e));
        }

        return true;
    }

    /// <summary>Saves the observations that the environments are at, raw and transformed. The environments themselves are saved apart.</summary>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<float>(_environments.Observations);
        writer.WriteSpan<float>(_current);
        writer.WriteSpan<int>(_cutOffs);
        writer.Write(_queue.Restarts);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var observations = _environments.Observations;
        reader.ReadSpan<float>(observations, "values of observations");
        reader.ReadSpan<float>(_current, "values of transformed observations");
        StateSpans.RequireFinite<float>(observations, "values of observations");
        StateSpans.RequireFinite<float>(_current, "values of transformed observations");
        var length = observations.Length / _environments.Count;
        for (var e = 0; e < _environments.Count; e++)
            observations.AsSpan(e * length, length).CopyTo(_environments.Observation(e));
        reader.ReadSpan<int>(_cutOffs, "cut-offs of episodes");
        for (var e = 0; e < _cutOffs.Length; e++)
        {
            if (_cutOffs[e] != 0 && _cutOffs[e] != FirstCutOff(e))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The episode of environment {_environments.First + e} is to be cut off at step {_cutOffs[e]}; it must be {FirstCutOff(e)}, or 0 for never."));
        }

        _queue.Restarts = reader.ReadInt32(0, int.MaxValue, "The number of restarted environments");
    }

    /// <summary>
    /// Returns the first environment and slot whose transformed observation differs from the restored one, or null where all are equal. Called after <see cref="RestoreState"/>.
    /// </summary>
    public (int Environment, int Slot)? FindDifference()
    {
        for (var e = 0; e < _environments.Count; e++)
        {
            _transformed.Read(e, _final);
            var equal = Row(_current, e).CommonPrefixLength(_final);
            if (equal < _final.Length)
                return (e, equal);
        }

        return null;
    }

    private int FirstCutOff(int environment) => (int)((long)_maxCutOff * (_environments.First + environment) / _environments.TotalCount);

    // One environment after another, whatever the threads: all draw from one source.
    private void Act(int environment, Rollout rollout, int row, StochasticPolicy policy)
    {
        var current = Row(_current, environment);
        if (policy.Mask?.FindFault(current, _environments.Length(environment)) is { } fault)
            throw new EnvironmentException($"{_environments.Describe(environment)} {fault}");
        current.CopyTo(rollout.Observation(row));
        var parameters = _parameters.AsSpan(environment * policy.ParameterLength, policy.ParameterLength);
        var action = rollout.Action(row);
        policy.Distribution.Sample(parameters, _random, action);
        for (var i = 0; i < action.Length; i++)
            _action[i] = action[i];
        var logProbability = policy.Distribution.LogProbability(parameters, _action, []);
        if (!double.IsFinite(logProbability))
            throw NonFinite(environment, policy, parameters, logProbability);
        rollout.SetLogProbability(row, logProbability);
        _queue.EnqueueStep(environment, action);
    }

    // An environment that failed has been restarted: its episode is cut off before the step, which is made again from the start of the next one.
    private void Step(StochasticPolicy policy, Rollout rollout, int t)
    {
        while (RunQueue() is { Count: > 0 } restarted)
        {
            foreach (var e in restarted)
            {
                rollout.CutOffEpisode(e, rollout.Observation(rollout.Row(e, t)));
                _cutOffs[e] = 0;
                ReadFirst(e);
            }

            policy.Evaluate(_current, _parameters);
            foreach (var e in restarted)
                Act(e, rollout, rollout.Row(e, t), policy);
        }
    }

    private IReadOnlyList<int> RunQueue()
    {
        _turns?.Wait();
        try
        {
            return _queue.Run(_seedOf);
        }
        finally
        {
            _turns?.Release();
        }
    }

    private NonFiniteException NonFinite(int environment, StochasticPolicy policy, ReadOnlySpan<double> parameters, double logProbability)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"at step {_environments.Length(environment) + 1} of the episode in environment '{_environments.Name}' (index {_environments.First + environment} of {_environments.TotalCount})");
        return new NonFiniteException(PolicyFault.FindParameter(policy) ?? PolicyFault.FindInRow(policy, parameters, _action, logProbability, where)!);
    }

    private void Record(int environment, Rollout rollout, int row, StochasticPolicy policy, ObservationStatistics? statistics, ICollection<Episode> episodes)
    {
        statistics?.Add(rollout.Observation(row), policy.Normalizer!.Mean);
        var result = _queue.Result(environment);
        var cutOff = !result.Ended && _environments.Length(environment) == _cutOffs[environment];
        rollout.SetResult(row, result.Reward, result.Terminated, result.Truncated, cutOff);
        if (!result.Ended && !cutOff)
        {
            Read(environment);
            return;
        }

        // The final observation passes through the transforms too; a truncated episode is worth its value, not that of the observation after the reset.
        _transformed.Read(environment, _final);
        if (!result.Terminated)
            rollout.AddBootstrap(row, _final);

        // The return of an episode that training cut off says nothing about the policy.
        if (!cutOff)
            episodes.Add(new Episode(_environments.Return(environment), _environments.Length(environment), !result.Terminated));
        _cutOffs[environment] = 0;
        _queue.EnqueueReset(environment, seed: null);
    }

    private void Read(int environment) => _transformed.Read(environment, Row(_current, environment));

    private void ReadFirst(int environment) => _transformed.ReadFirst(environment, Row(_current, environment));

    private Span<float> Row(float[] rows, int environment) => rows.AsSpan(environment * _final.Length, _final.Length);
}

using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Policies;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Rollouts;

/// <summary>Acts with a policy in a block of environments, whose observations come to it through the upstream transforms.</summary>
internal sealed class RolloutCollector : ICheckpointable
{
    private readonly TransformedVectorEnvironment _environments;
    private readonly VectorEnvironment _block;
    private readonly StepQueue _turn;
    private readonly RandomSource _random;
    private readonly ObservationNormalizer? _normalizer;
    private readonly float[] _current;
    private readonly float[] _seen;
    private readonly float[] _final;
    private readonly int[] _cuts;
    private readonly int _lastCut;
    private double[] _parameters = [];

    /// <param name="environments">What to act in.</param>
    /// <param name="random">What actions are drawn from, and the environments' seeds.</param>
    /// <param name="normalizer">What the policy sees observations through, or null; it is shown every one that is acted on.</param>
    /// <param name="staggerStarts">Whether to cut first episodes short, so that environments of one fixed length do not end together.</param>
    public RolloutCollector(TransformedVectorEnvironment environments, RandomSource random, ObservationNormalizer? normalizer = null, bool staggerStarts = false)
    {
        _environments = environments;
        _block = environments.Environments;
        _turn = environments.Queue;
        _random = random;
        _normalizer = normalizer;
        _current = new float[environments.Count * environments.ObservationLength];
        _seen = normalizer is null ? _current : new float[_current.Length];
        _final = new float[environments.ObservationLength];
        _cuts = new int[environments.Count];
        _lastCut = staggerStarts ? _block.MaxEpisodeSteps ?? 0 : 0;
    }

    /// <summary>Starts an episode in every environment, whatever they are at.</summary>
    public void Start()
    {
        // Their ends are spread evenly over an episode's length; 0 is never.
        for (var e = 0; e < _cuts.Length; e++)
            _cuts[e] = (int)((long)_lastCut * e / _cuts.Length);
        _turn.Reset(_random);
        for (var e = 0; e < _block.Count; e++)
            _environments.Read(e, Row(_current, e));
    }

    /// <summary>As <see cref="Start"/>, in the middle of a rollout: the episodes that were under way count as cut short.</summary>
    public void StartAnew(Rollout rollout)
    {
        for (var e = 0; e < _block.Count; e++)
            rollout.CutShort(e, Row(_current, e));
        Start();
    }

    /// <summary>Fills the rollout up to its number of steps, going on where it and the last one stopped, and lists the episodes that ended.</summary>
    /// <param name="policy">The policy to act with.</param>
    /// <param name="rollout">Receives what was done and met.</param>
    /// <param name="episodes">Receives the episodes that ended.</param>
    /// <param name="goOn">Is asked between two steps whether to go on; null for always.</param>
    /// <returns>Whether the rollout is full.</returns>
    public bool Collect(StochasticPolicy policy, Rollout rollout, ICollection<Episode> episodes, Func<bool>? goOn = null)
    {
        if (_parameters.Length != _block.Count * policy.ParameterLength)
            _parameters = new double[_block.Count * policy.ParameterLength];

        // The normalizer may have moved on since the last rollout.
        for (var e = 0; e < _block.Count; e++)
            See(e);
        for (var t = rollout.Made; t < rollout.Steps; t++)
        {
            if (goOn is not null && !goOn())
                return false;
            policy.Evaluate(_seen, _parameters);
            for (var e = 0; e < _block.Count; e++)
                Decide(e, rollout, rollout.Row(e, t), policy);
            _turn.Run();
            for (var e = 0; e < _block.Count; e++)
                Record(e, rollout, rollout.Row(e, t), episodes);
            _turn.Run();
            for (var e = 0; e < _block.Count; e++)
            {
                if (rollout.Ended[rollout.Row(e, t)])
                    ReadCurrent(e);
            }

            rollout.Advance();
        }

        for (var e = 0; e < _block.Count; e++)
        {
            var last = rollout.Row(e, rollout.Steps - 1);
            if (!rollout.Ended[last])
                rollout.AddBootstrap(last, Row(_current, e));
        }

        if (_normalizer is not null)
            rollout.Normalize(_normalizer);
        return true;
    }

    /// <summary>Saves what the environments show the policy; they themselves are saved apart, where they can be.</summary>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<float>(_block.Observations);
        writer.WriteSpan<float>(_current);
        writer.WriteSpan<int>(_cuts);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        reader.ReadSpan(_block.Observations, "values of observations");
        reader.ReadSpan<float>(_current, "values of transformed observations");
        reader.ReadSpan<int>(_cuts, "cuts of episodes");
    }

    /// <summary>
    /// Where the transforms make something else of what an environment is at than they did when the state was saved: the number of the environment, and the slot. Null where they
    /// do not. Asked for when this has been restored.
    /// </summary>
    public (int Environment, int Slot)? Difference()
    {
        for (var e = 0; e < _block.Count; e++)
        {
            _environments.Read(e, _final);
            var same = Row(_current, e).CommonPrefixLength(_final);
            if (same < _final.Length)
                return (e, same);
        }

        return null;
    }

    // One environment after the other, whatever the threads: they draw from one source.
    private void Decide(int environment, Rollout rollout, int row, StochasticPolicy policy)
    {
        var current = Row(_current, environment);
        if (policy.Mask?.Complaint(current, _block.Length(environment)) is { } complaint)
            throw new EnvironmentException($"{_block.Describe(environment)} {complaint}");
        _normalizer?.Observe(current);
        current.CopyTo(rollout.Observation(row));
        var action = rollout.Action(row);
        policy.Distribution.Sample(_parameters.AsSpan(environment * policy.ParameterLength, policy.ParameterLength), _random, action);
        _turn.EnqueueStep(environment, action);
    }

    private void Record(int environment, Rollout rollout, int row, ICollection<Episode> episodes)
    {
        var result = _turn.Result(environment);
        var cut = !result.Ended && _block.Length(environment) == _cuts[environment];
        rollout.SetResult(row, result.Reward, result.Terminated, result.Ended || cut, cut);
        if (!result.Ended && !cut)
        {
            ReadCurrent(environment);
            return;
        }

        // The final observation is a row too; a truncated episode is worth what was really seen last, not what a reset shows.
        _environments.Read(environment, _final);
        if (!result.Terminated)
            rollout.AddBootstrap(row, _final);

        // What was cut short says nothing about the policy's return.
        if (!cut)
            episodes.Add(new Episode(_block.Return(environment), _block.Length(environment), !result.Terminated));
        _cuts[environment] = 0;
        _turn.EnqueueReset(environment, seed: null);
    }

    private void ReadCurrent(int environment)
    {
        _environments.Read(environment, Row(_current, environment));
        See(environment);
    }

    private void See(int environment) => _normalizer?.Apply(Row(_current, environment), Row(_seen, environment));

    private Span<float> Row(float[] rows, int environment) => rows.AsSpan(environment * _final.Length, _final.Length);
}

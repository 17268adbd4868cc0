using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Rollouts;

/// <summary>Acts with a policy in a block of environments, whose observations come to it through the upstream transforms.</summary>
internal sealed class RolloutCollector
{
    private readonly ObservedBlock _environments;
    private readonly EnvironmentBlock _block;
    private readonly EnvironmentTurn _turn;
    private readonly RandomSource _random;
    private readonly ObservationNormalizer? _normalizer;
    private readonly float[] _current;
    private readonly float[] _seen;
    private readonly float[] _final;
    private readonly int[] _cuts;
    private double[] _parameters = [];

    /// <param name="environments">What to act in; every environment is reset.</param>
    /// <param name="random">What actions are drawn from, and the environments' seeds.</param>
    /// <param name="normalizer">What the policy sees observations through, or null; it is shown every one that is acted on.</param>
    /// <param name="staggerStarts">Whether to cut first episodes short, so that environments of one fixed length do not end together.</param>
    public RolloutCollector(ObservedBlock environments, RandomSource random, ObservationNormalizer? normalizer = null, bool staggerStarts = false)
    {
        _environments = environments;
        _block = environments.Block;
        _turn = environments.Turn;
        _random = random;
        _normalizer = normalizer;
        _current = new float[environments.Count * environments.ObservationLength];
        _seen = normalizer is null ? _current : new float[_current.Length];
        _final = new float[environments.ObservationLength];
        _cuts = Cuts(environments.Count, staggerStarts ? _block.MaxEpisodeSteps : null);
        _turn.Reset(random);
        for (var e = 0; e < _block.Count; e++)
            _environments.Read(e, Row(_current, e));
    }

    /// <summary>Fills the rollout with its number of steps, going on where the last one stopped, and lists the episodes that ended.</summary>
    /// <param name="policy">The policy to act with.</param>
    /// <param name="rollout">Receives what was done and met.</param>
    /// <param name="episodes">Receives the episodes that ended.</param>
    public void Collect(StochasticPolicy policy, Rollout rollout, ICollection<Episode> episodes)
    {
        if (_parameters.Length != _block.Count * policy.ParameterLength)
            _parameters = new double[_block.Count * policy.ParameterLength];

        // The normalizer may have moved on since the last rollout.
        for (var e = 0; e < _block.Count; e++)
            See(e);
        for (var t = 0; t < rollout.Steps; t++)
        {
            policy.Evaluate(_seen, _parameters);
            for (var e = 0; e < _block.Count; e++)
                Decide(e, rollout, rollout.Row(e, t), policy);
            _turn.Take();
            for (var e = 0; e < _block.Count; e++)
                Record(e, rollout, rollout.Row(e, t), episodes);
            _turn.Take();
            for (var e = 0; e < _block.Count; e++)
            {
                if (rollout.Ended[rollout.Row(e, t)])
                    ReadCurrent(e);
            }
        }

        for (var e = 0; e < _block.Count; e++)
        {
            var last = rollout.Row(e, rollout.Steps - 1);
            if (!rollout.Ended[last])
                rollout.AddBootstrap(last, Row(_current, e));
        }

        if (_normalizer is not null)
            rollout.Normalize(_normalizer);
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
        _turn.PlanStep(environment, action);
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
        _turn.PlanReset(environment, seed: null);
    }

    private void ReadCurrent(int environment)
    {
        _environments.Read(environment, Row(_current, environment));
        See(environment);
    }

    private void See(int environment) => _normalizer?.Apply(Row(_current, environment), Row(_seen, environment));

    private Span<float> Row(float[] rows, int environment) => rows.AsSpan(environment * _final.Length, _final.Length);

    // The step at which each environment's first episode is cut short, 0 for never: their ends are spread evenly over an episode's length.
    private static int[] Cuts(int environments, int? maxEpisodeSteps) =>
        [.. Enumerable.Range(0, environments).Select(e => (int)((maxEpisodeSteps ?? 0L) * e / environments))];
}

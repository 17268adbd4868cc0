using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Rollouts;

/// <summary>Acts with a policy in a block of environments, whose observations come to it through the upstream transforms.</summary>
internal sealed class RolloutCollector
{
    private readonly ObservedBlock _environments;
    private readonly EnvironmentBlock _block;
    private readonly RandomSource _random;
    private readonly float[] _current;
    private readonly float[] _final;
    private double[] _parameters = [];

    public RolloutCollector(ObservedBlock environments, RandomSource random)
    {
        _environments = environments;
        _block = environments.Block;
        _random = random;
        _current = new float[environments.Count * environments.ObservationLength];
        _final = new float[environments.ObservationLength];
        _block.Reset(random);
        for (var e = 0; e < _block.Count; e++)
            _environments.Read(e, Current(e));
    }

    /// <summary>Fills the rollout with its number of steps, going on where the last one stopped, and lists the episodes that ended.</summary>
    public void Collect(StochasticPolicy policy, Rollout rollout, ICollection<Episode> episodes)
    {
        if (_parameters.Length != _block.Count * policy.ParameterLength)
            _parameters = new double[_block.Count * policy.ParameterLength];
        for (var t = 0; t < rollout.Steps; t++)
        {
            policy.Evaluate(_current, _parameters);
            for (var e = 0; e < _block.Count; e++)
                Step(e, rollout, rollout.Row(e, t), policy, episodes);
        }

        for (var e = 0; e < _block.Count; e++)
        {
            var last = rollout.Row(e, rollout.Steps - 1);
            if (!rollout.Ended[last])
                rollout.AddBootstrap(last, Current(e));
        }
    }

    private void Step(int environment, Rollout rollout, int row, StochasticPolicy policy, ICollection<Episode> episodes)
    {
        var current = Current(environment);
        if (policy.Mask?.Complaint(current, _block.Length(environment)) is { } complaint)
            throw new EnvironmentException($"{_block.Describe(environment)} {complaint}");
        current.CopyTo(rollout.Observation(row));
        var action = rollout.Action(row);
        policy.Distribution.Sample(_parameters.AsSpan(environment * policy.ParameterLength, policy.ParameterLength), _random, action);
        var result = _block.Step(environment, action);
        rollout.SetResult(row, result.Reward, result.Terminated, result.Ended);
        if (!result.Ended)
        {
            _environments.Read(environment, current);
            return;
        }

        // The final observation is a row too; a truncated episode is worth what was really seen last, not what a reset shows.
        _environments.Read(environment, _final);
        if (!result.Terminated)
            rollout.AddBootstrap(row, _final);
        episodes.Add(new Episode(_block.Return(environment), _block.Length(environment), !result.Terminated));
        _block.Reset(environment, seed: null);
        _environments.Read(environment, current);
    }

    private Span<float> Current(int environment) => _current.AsSpan(environment * _final.Length, _final.Length);
}

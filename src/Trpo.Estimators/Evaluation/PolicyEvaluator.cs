using Trpo.Estimators.Environments;
using Trpo.Estimators.Randomness;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Evaluation;

/// <summary>Plays episodes with an exported policy, a block of environments at a time.</summary>
internal sealed class PolicyEvaluator : IDisposable
{
    private readonly EnvironmentBlock _block;
    private readonly LockStepReader _reader;
    private readonly PolicyBatch _batch;
    private readonly int[] _seeds;
    private readonly int[] _playing;
    private readonly double[] _returns;
    private readonly int[] _lengths;
    private int _started;
    private int _truncated;

    private PolicyEvaluator(PolicyChain chain, EnvironmentDataView environment, int episodes, int seed)
    {
        var policy = chain.Policy;
        CheckActions(policy.Metadata.Actions, environment);
        var random = new RandomSource((ulong)seed);
        _seeds = [.. Enumerable.Range(0, episodes).Select(_ => random.NextSeed())];
        _returns = new double[episodes];
        _lengths = new int[episodes];

        var data = chain.Preprocess(environment);
        var column = PolicySchema.Observation(data.Schema, policy.Columns.Observation, policy.Metadata.Observations.Length);
        _playing = new int[Math.Min(environment.Count, episodes)];
        _reader = new LockStepReader(environment, data, column);
        _block = new EnvironmentBlock(environment, _playing.Length);
        _batch = policy.Session.CreateBatch(_playing.Length);
    }

    /// <summary>Plays the episodes; each has its own seed, so that which environment plays it does not matter.</summary>
    public static PolicyEvaluation Run(PolicyChain chain, EnvironmentDataView environment, int episodes, int seed)
    {
        using var evaluator = new PolicyEvaluator(chain, environment, episodes, seed);
        evaluator.Play();
        return new PolicyEvaluation(evaluator._returns, evaluator._lengths, evaluator._truncated);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _block.Dispose();
        _reader.Dispose();
    }

    private void Play()
    {
        for (var e = 0; e < _playing.Length; e++)
            Start(e);
        Span<float> choice = stackalloc float[1];
        while (_playing.Any(episode => episode >= 0))
        {
            // An environment that has no episode left keeps its last observation in the batch; nobody reads its action.
            _batch.Run(_playing.Length);
            for (var e = 0; e < _playing.Length; e++)
            {
                if (_playing[e] < 0)
                    continue;
                if (_batch.IsDiscrete)
                {
                    choice[0] = _batch.Choice(e);
                    Step(e, choice);
                }
                else
                {
                    Step(e, _batch.Action(e));
                }
            }
        }
    }

    private void Step(int environment, ReadOnlySpan<float> action)
    {
        var result = _block.Step(environment, action);
        if (!result.Ended)
        {
            _reader.Read(_block.Observation(environment), _batch.Observation(environment));
            return;
        }

        var episode = _playing[environment];
        _returns[episode] = _block.Return(environment);
        _lengths[episode] = _block.Length(environment);
        _truncated += result.Terminated ? 0 : 1;
        Start(environment);
    }

    private void Start(int environment)
    {
        _playing[environment] = _started < _seeds.Length ? _started++ : -1;
        if (_playing[environment] < 0)
            return;
        _block.Reset(environment, _seeds[_playing[environment]]);
        _reader.Read(_block.Observation(environment), _batch.Observation(environment));
    }

    private static void CheckActions(ActionSpace policy, EnvironmentDataView environment)
    {
        if (policy.GetType() != environment.ActionSpace.GetType() || policy.ScoreLength != environment.ActionSpace.ScoreLength)
            throw new ArgumentException($"The policy's actions are {policy}, but environment '{environment.Name}' takes {environment.ActionSpace}.", nameof(policy));
    }
}

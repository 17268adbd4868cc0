using System.Globalization;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>An evaluation of an exported policy, which plays episodes in a vector environment.</summary>
internal sealed class PolicyEvaluator
{
    private const int MaxFailures = 10;

    private readonly TransformedVectorEnvironment _transformed;
    private readonly VectorEnvironment _environments;
    private readonly StepQueue _queue;
    private readonly PolicyBatch _batch;
    private readonly int[] _seeds;
    private readonly int[] _playing;
    private readonly DataViewRowId[] _draws;
    private readonly EpisodeResult[] _episodes;
    private readonly IProgress<EpisodeResult>? _progress;
    private readonly Func<int, EnvironmentException, int> _seedOf;

    // The failures of the episode that each environment plays.
    private readonly int[] _failures;
    private int _started;

    private PolicyEvaluator(TransformedVectorEnvironment transformed, PolicyBatch batch, int episodes, int seed, IProgress<EpisodeResult>? progress)
    {
        _transformed = transformed;
        _environments = transformed.Unwrapped;
        _queue = transformed.Queue;
        _batch = batch;
        var random = new RandomSource((ulong)seed);
        _seeds = [.. Enumerable.Range(0, episodes).Select(_ => random.NextSeed())];
        _episodes = new EpisodeResult[episodes];
        _progress = progress;
        _playing = new int[transformed.Count];
        _draws = new DataViewRowId[transformed.Count];
        _failures = new int[transformed.Count];
        _seedOf = PlayAgain;
    }

    /// <summary>Plays the episodes and returns their results. Each episode has a seed of its own, so the result does not depend on the number of environments.</summary>
    /// <exception cref="ArgumentException">The policy does not fit the environment.</exception>
    /// <exception cref="EnvironmentException">The environment or a transform failed, and the evaluation was not cancelled.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static PolicyEvaluation Run(
        PolicyChain chain, EnvironmentDataView environment, int episodes, int seed, ActionSelection? selection, IProgress<EpisodeResult>? progress, Action<string> warn, WorkCancellation cancellation)
    {
        var policy = chain.Policy;
        selection ??= policy.Selection;
        PolicyFit.CheckActions(policy, environment);
        var count = Math.Min(environment.Count, episodes);
        using var batch = policy.Session.CreateBatch(count, selection);
        try
        {
            using var transformed = PolicyFit.Open(chain, environment, count, warn, cancellation.Token);
            return new PolicyEvaluation(Play(transformed, batch, episodes, seed, progress, cancellation), seed, selection);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            throw Cancelled(exception, cancellation);
        }
        catch (EnvironmentException exception) when (exception.IsOfTransform && PolicyFit.Difference(chain, environment) is not null)
        {
            throw PolicyFit.Refusal(chain, environment, exception);
        }
    }

    /// <summary>Plays episodes with a deterministic policy in environments that stay open for more.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="environments">The environments, none of which failed in an evaluation before.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed of the episodes' seeds.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <exception cref="EnvironmentException">The environment or a transform failed, and the evaluation was not cancelled.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public static IReadOnlyList<EpisodeResult> Run(PolicyTransformer policy, TransformedVectorEnvironment environments, int episodes, int seed, WorkCancellation cancellation)
    {
        using var batch = policy.Session.CreateBatch(environments.Count, ActionSelection.Mode);
        try
        {
            return Play(environments, batch, episodes, seed, progress: null, cancellation);
        }
        catch (EnvironmentException exception) when (cancellation.IsCancelled)
        {
            throw Cancelled(exception, cancellation);
        }
    }

    private static EpisodeResult[] Play(TransformedVectorEnvironment environments, PolicyBatch batch, int episodes, int seed, IProgress<EpisodeResult>? progress, WorkCancellation cancellation)
    {
        var evaluator = new PolicyEvaluator(environments, batch, episodes, seed, progress);
        evaluator.Play(cancellation);
        return evaluator._episodes;
    }

    private static OperationCanceledException Cancelled(EnvironmentException exception, WorkCancellation cancellation) =>
        new($"The evaluation was cancelled. {exception.Message}", exception, cancellation.Caller);

    private void Play(WorkCancellation cancellation)
    {
        for (var e = 0; e < _playing.Length; e++)
            StartEpisode(e);
        RunResets();
        while (_playing.Any(episode => episode >= 0))
        {
            cancellation.ThrowIfCancelled();

            // An environment without an episode keeps its last observation in the batch; its action is ignored.
            Act();
            for (var e = 0; e < _playing.Length; e++)
                EnqueueStep(e);
            var restarted = _queue.Run(_seedOf);
            for (var e = 0; e < _playing.Length; e++)
            {
                if (!restarted.Contains(e))
                    Record(e);
            }

            RunResets();
        }
    }

    // The random numbers of an action depend on the episode and the step alone, not on the environment that plays it.
    private void Act()
    {
        for (var e = 0; e < _playing.Length; e++)
            _draws[e] = new DataViewRowId((ulong)_environments.Length(e), (ulong)Math.Max(_playing[e], 0));
        _batch.Run(_playing.Length, _draws);
    }

    private void EnqueueStep(int environment)
    {
        if (_playing[environment] < 0)
            return;
        if (float.IsNaN(_batch.Score(environment)[0]))
            throw new EnvironmentException($"{_environments.DescribeStep(environment)}: the policy has no action for the observation ({string.Join(", ", _batch.Observation(environment).ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)))}).");
        _queue.EnqueueStep(environment, _batch.IsDiscrete ? [_batch.Choice(environment)] : _batch.Action(environment));
    }

    private void Record(int environment)
    {
        var episode = _playing[environment];
        if (episode < 0)
            return;

        // The final observation passes through the transforms too, as in training.
        _transformed.Read(environment, _batch.Observation(environment));
        var result = _queue.Result(environment);
        if (!result.Ended)
            return;
        _episodes[episode] = new EpisodeResult(episode, _seeds[episode], _environments.Return(environment), _environments.Length(environment), result.Terminated);
        _progress?.Report(_episodes[episode]);
        StartEpisode(environment);
    }

    private void StartEpisode(int environment)
    {
        _playing[environment] = _started < _seeds.Length ? _started++ : -1;
        _failures[environment] = 0;
        if (_playing[environment] >= 0)
            _queue.EnqueueReset(environment, _seeds[_playing[environment]]);
    }

    // A restarted environment plays its episode again, which has the same result as it would have had. One that always fails must not use up all restarts.
    private int PlayAgain(int environment, EnvironmentException failure)
    {
        var seed = _seeds[_playing[environment]];
        return ++_failures[environment] < MaxFailures
            ? seed
            : throw new EnvironmentException(string.Create(CultureInfo.InvariantCulture, $"The episode of seed {seed} failed {MaxFailures} times. The last failure: {failure.Message}"), failure);
    }

    // Restarted environments have been reset already.
    private void RunResets()
    {
        _queue.Run(_seedOf);
        for (var e = 0; e < _playing.Length; e++)
        {
            // Environments in the middle of an episode have been read already.
            if (_playing[e] >= 0 && _environments.Length(e) == 0)
                _transformed.ReadFirst(e, _batch.Observation(e));
        }
    }
}

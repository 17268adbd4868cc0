using System.Globalization;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>The episodes of an evaluation, played side by side. Each has a seed of its own, so that the result does not depend on the number of environments.</summary>
internal sealed class EpisodePlayer
{
    private const int MaxFailures = 10;

    private readonly VectorEnvironment _environments;
    private readonly StepQueue _queue;
    private readonly IEpisodeActor _actor;
    private readonly int[] _seeds;
    private readonly int[] _playing;
    private readonly EpisodeResult[] _episodes;
    private readonly IProgress<EpisodeResult>? _progress;
    private readonly Func<int, EnvironmentException, int> _seedOf;

    // The failures of the episode that each environment plays.
    private readonly int[] _failures;
    private int _started;

    private EpisodePlayer(VectorEnvironment environments, StepQueue queue, IEpisodeActor actor, int episodes, int seed, IProgress<EpisodeResult>? progress)
    {
        (_environments, _queue, _actor, _progress) = (environments, queue, actor, progress);
        _seeds = Seeds(episodes, seed);
        _episodes = new EpisodeResult[episodes];
        _playing = new int[environments.Count];
        _failures = new int[environments.Count];
        _seedOf = PlayAgain;
    }

    /// <summary>Returns the seeds of the episodes of an evaluation.</summary>
    public static int[] Seeds(int episodes, int seed)
    {
        var random = new RandomSource((ulong)seed);
        return [.. Enumerable.Range(0, episodes).Select(_ => random.NextSeed())];
    }

    /// <summary>Plays the episodes and returns their results.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="queue">The queue of their steps.</param>
    /// <param name="actor">The policy.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed of the episodes' seeds.</param>
    /// <param name="progress">Receives every episode when it ends; or null.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <exception cref="EnvironmentException">The environment or a transform failed.</exception>
    public static EpisodeResult[] Play(VectorEnvironment environments, StepQueue queue, IEpisodeActor actor, int episodes, int seed, IProgress<EpisodeResult>? progress, WorkCancellation cancellation)
    {
        var player = new EpisodePlayer(environments, queue, actor, episodes, seed, progress);
        player.Play(cancellation);
        return player._episodes;
    }

    private void Play(WorkCancellation cancellation)
    {
        for (var e = 0; e < _playing.Length; e++)
            StartEpisode(e);
        RunResets();
        while (_playing.Any(episode => episode >= 0))
        {
            cancellation.ThrowIfCancelled();
            _actor.Act(_playing);
            for (var e = 0; e < _playing.Length; e++)
            {
                if (_playing[e] >= 0)
                    _queue.EnqueueStep(e, _actor.Action(e));
            }

            var restarted = _queue.Run(_seedOf);
            for (var e = 0; e < _playing.Length; e++)
            {
                if (!restarted.Contains(e))
                    Record(e);
            }

            RunResets();
        }
    }

    private void Record(int environment)
    {
        var episode = _playing[environment];
        if (episode < 0)
            return;

        // The final observation passes through the transforms too, as in training.
        _actor.Observe(environment, isFirst: false);
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
                _actor.Observe(e, isFirst: true);
        }
    }
}

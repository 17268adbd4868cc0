using System.Diagnostics;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Randomness;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>The loop of training: roll out, estimate advantages, update the policy, fit the value function, report.</summary>
internal sealed class TrpoTrainer
{
    private readonly TrpoOptions _options;
    private readonly StochasticPolicy _policy;
    private readonly IValueFunction _valueFunction;
    private readonly RolloutCollector _collector;
    private readonly Rollout _rollout;
    private readonly PolicyUpdate _update;
    private readonly ReturnWindow _window = new(100);
    private readonly List<Episode> _episodes = [];

    public TrpoTrainer(TrpoOptions options, StochasticPolicy policy, IValueFunction valueFunction, EnvironmentBlock block, LockStepReader reader, int actionLength, RandomSource random)
    {
        _options = options;
        _policy = policy;
        _valueFunction = valueFunction;
        _collector = new RolloutCollector(block, reader, random);
        _rollout = new Rollout(block.Count, StepsOf(options.StepsPerIteration), reader.Length, actionLength);
        _update = new PolicyUpdate(policy, new TrustRegionOptimizer(options.TrustRegion));

        int StepsOf(int total) => (total + block.Count - 1) / block.Count;
    }

    /// <summary>Trains to the end and yields what each iteration measured.</summary>
    /// <exception cref="TrainingException">A gradient or the value function's error is not finite.</exception>
    public IEnumerable<TrpoIteration> Run()
    {
        var clock = Stopwatch.StartNew();
        var steps = 0;
        for (var iteration = 1; steps < _options.TotalSteps; iteration++)
        {
            var left = Math.Min(_options.StepsPerIteration, _options.TotalSteps - steps);
            _rollout.Clear((left + _rollout.Environments - 1) / _rollout.Environments);
            _episodes.Clear();
            _collector.Collect(_policy, _rollout, _episodes);
            _window.Add(_episodes);
            steps += _rollout.Rows;

            var targets = new ValueTargets(_rollout, _valueFunction, _options.Discount, _options.GaeLambda);
            var (update, entropy) = _update.Run(_rollout, targets.StandardizedAdvantages());
            if (update.Outcome == TrustRegionOutcome.NonFiniteGradient)
                throw Diverged(iteration, $"the gradient of the policy's parameter '{update.Offender}' is not finite. Look for rewards of extreme size");
            var loss = _valueFunction.Fit(_rollout.Observations, targets.Targets);
            if (!double.IsFinite(loss))
                throw Diverged(iteration, "the value function's error is not finite. Scale the rewards down, or lower ValueFunction.LearningRate");

            yield return new TrpoIteration
            {
                Iteration = iteration,
                Steps = steps,
                TotalSteps = _options.TotalSteps,
                Elapsed = clock.Elapsed,
                Episodes = _episodes.Count,
                MeanReturn = Mean(episode => episode.Return),
                MeanReturnOfLast100 = _window.Mean,
                MeanEpisodeLength = Mean(episode => episode.Length),
                Update = update,
                Entropy = entropy,
                ExplainedVariance = targets.ExplainedVariance,
                ValueLoss = loss,
            };
        }
    }

    private static TrainingException Diverged(int iteration, string why) => new($"Training stopped at iteration {iteration}: {why}.");

    private double Mean(Func<Episode, double> value) => _episodes.Count == 0 ? double.NaN : _episodes.Average(value);
}

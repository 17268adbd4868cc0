using System.Buffers;
using System.Diagnostics;
using System.Numerics.Tensors;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Rollouts;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The loop of training: roll out, estimate advantages, update the policy, fit the value function, report.</summary>
internal sealed class TrpoTrainer
{
    private readonly TrpoOptions _options;
    private readonly StochasticPolicy _policy;
    private readonly IValueFunction _valueFunction;
    private readonly RolloutCollector _collector;
    private readonly Rollout _rollout;
    private readonly ReturnWindow _window = new(100);
    private readonly List<Episode> _episodes = [];
    private readonly int _stepsPerEnvironment;
    private readonly int _iterations;

    public TrpoTrainer(TrpoOptions options, StochasticPolicy policy, IValueFunction valueFunction, ObservedBlock environments, int actionLength, RandomSource random)
    {
        _options = options;
        _policy = policy;
        _valueFunction = valueFunction;
        _collector = new RolloutCollector(environments, random, policy.Normalizer, options.StaggerStarts);
        _stepsPerEnvironment = (int)(((long)options.TotalSteps + environments.Count - 1) / environments.Count);
        _iterations = Math.Clamp((int)Math.Round(options.TotalSteps / (double)options.StepsPerIteration), 1, _stepsPerEnvironment);
        _rollout = new Rollout(environments.Count, (_stepsPerEnvironment + _iterations - 1) / _iterations, environments.ObservationLength, actionLength);
    }

    /// <summary>The environment steps that training makes, over all environments.</summary>
    public int TotalSteps => _stepsPerEnvironment * _rollout.Environments;

    /// <summary>Is shown the first iteration's observations, <c>[N, d]</c>, before anything is learned from them.</summary>
    public ReadOnlySpanAction<float, int>? Observed { get; init; }

    /// <summary>Trains to the end and yields what each iteration measured.</summary>
    /// <exception cref="TrainingException">A gradient or the value function's error is not finite.</exception>
    public IEnumerable<TrpoIteration> Run()
    {
        var clock = Stopwatch.StartNew();
        var steps = 0;
        for (var iteration = 1; iteration <= _iterations; iteration++)
        {
            var start = clock.Elapsed;
            _rollout.Clear(StepsUpTo(iteration) - StepsUpTo(iteration - 1));
            _episodes.Clear();
            _collector.Collect(_policy, _rollout, _episodes);
            if (iteration == 1)
                Observed?.Invoke(_rollout.Observations, _rollout.ObservationLength);
            _window.Add(_episodes);
            steps += _rollout.Rows;
            var rolledOut = clock.Elapsed;

            var targets = new ValueTargets(_rollout, _valueFunction, _options);
            var advantages = _options.NormalizeAdvantages ? targets.StandardizedAdvantages() : targets.Advantages.ToArray();
            var estimated = clock.Elapsed;

            var problem = new PolicyProblem(_policy, _rollout.ObservationMemory, Actions(), advantages, _options.FisherFraction);
            var (update, policyTime, loss, valueTime) = Improve(Optimizer(iteration), problem, targets);
            if (update.Outcome == TrustRegionOutcome.NonFiniteGradient)
                throw Diverged(iteration, $"the gradient of the policy's parameter '{update.Offender}' is not finite. Look for rewards of extreme size, a value function that diverges, or a network of your own whose derivative is no number");
            if (!double.IsFinite(loss))
                throw Diverged(iteration, "the value function's error is not finite. Scale the rewards down");

            _policy.Normalizer?.Advance();

            var elapsed = clock.Elapsed;
            yield return new TrpoIteration
            {
                Iteration = iteration,
                Steps = steps,
                TotalSteps = TotalSteps,
                Elapsed = elapsed,
                Episodes = _episodes.Count,
                MeanReturn = Mean(episode => episode.Return),
                MeanReturnOfLast100 = _window.Mean,
                MeanEpisodeLength = Mean(episode => episode.Length),
                Update = update,
                Entropy = problem.Entropy,
                ExplainedVariance = targets.ExplainedVariance,
                ValueLoss = loss,
                Times = new IterationTimes(rolledOut - start, estimated - rolledOut, policyTime, valueTime),
            };
            if (_window.IsFull && _window.Mean >= _options.TargetReturn)
                yield break;
        }
    }

    private static TrainingException Diverged(int iteration, string why) => new($"Training stopped at iteration {iteration}: {why}.");

    // Neither needs what the other changes, so that they may run side by side and come to the same.
    private (TrustRegionStep Update, TimeSpan PolicyTime, double Loss, TimeSpan ValueTime) Improve(IPolicyOptimizer optimizer, PolicyProblem problem, ValueTargets targets)
    {
        var fit = _options.Threads > 1 ? Task.Run(() => Timed(Fit)) : null;
        TrustRegionStep update;
        TimeSpan policyTime;
        try
        {
            (update, policyTime) = Timed(() => optimizer.Step(problem));
        }
        catch
        {
            // Nobody may free what is still being computed with. Of two failures, this one counts.
            fit?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            throw;
        }

        var (loss, valueTime) = fit?.GetAwaiter().GetResult() ?? Timed(Fit);
        return (update, policyTime, loss, valueTime);

        double Fit() => _valueFunction.Fit(_rollout.Observations, targets.Targets);
    }

    private static (T Result, TimeSpan Time) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        return (work(), Stopwatch.GetElapsedTime(start));
    }

    private double[] Actions()
    {
        var actions = new double[_rollout.Actions.Length];
        TensorPrimitives.ConvertChecked<float, double>(_rollout.Actions, actions);
        return actions;
    }

    // The radius of the trust region falls (or rises) in a straight line over the iterations.
    private IPolicyOptimizer Optimizer(int iteration)
    {
        var (first, last) = (_options.TrustRegion.MaxKl, _options.FinalMaxKl ?? _options.TrustRegion.MaxKl);
        var done = _iterations == 1 ? 0 : (iteration - 1.0) / (_iterations - 1);
        return _options.Optimizer ?? new TrustRegionOptimizer(_options.TrustRegion with { MaxKl = first + (done * (last - first)) });
    }

    // In each environment; the iterations differ by one step at most.
    private int StepsUpTo(int iteration) => (int)((long)_stepsPerEnvironment * iteration / _iterations);

    private double Mean(Func<Episode, double> value) => _episodes.Count == 0 ? double.NaN : _episodes.Average(value);
}

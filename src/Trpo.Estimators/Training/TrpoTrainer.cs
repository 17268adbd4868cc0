using System.Buffers;
using System.Diagnostics;
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
    private readonly SampleReuse _samples;
    private readonly int _environments;
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
        _environments = environments.Count;
        var capacity = (_stepsPerEnvironment + _iterations - 1) / _iterations;
        CheckSize(environments.Count * (long)capacity, Math.Max(Math.Max(environments.ObservationLength, actionLength), policy.ParameterLength));
        _samples = new SampleReuse(options.ReusedIterations, () => new Rollout(environments.Count, capacity, environments.ObservationLength, actionLength));
    }

    /// <summary>The environment steps that training makes, over all environments.</summary>
    public int TotalSteps => _stepsPerEnvironment * _environments;

    /// <summary>What is told of the training to meters and traces.</summary>
    public required TrainingTelemetry Telemetry { get; init; }

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
            using var activity = Telemetry.Iteration(iteration);

            // Here and not at the end, so that the policy that training hands out is the one that the last update made.
            _policy.Normalizer?.Advance();
            var rollout = _samples.Next(StepsUpTo(iteration) - StepsUpTo(iteration - 1));
            _episodes.Clear();
            using (Telemetry.Rollout())
                _collector.Collect(_policy, rollout, _episodes);
            if (iteration == 1)
                Observed?.Invoke(rollout.Observations, rollout.ObservationLength);
            _window.Add(_episodes);
            steps += rollout.Rows;
            var rolledOut = clock.Elapsed;

            var estimating = Telemetry.Advantages();
            var (problem, targets) = _samples.Learn(_policy, _valueFunction, _options, _options.EntropyBonus * (1 - Done(iteration)));
            estimating?.Dispose();
            var estimated = clock.Elapsed;

            var (update, policyTime, loss, valueTime) = Improve(Optimizer(iteration), problem, targets);
            if (update.Outcome == TrustRegionOutcome.NonFiniteGradient)
                throw Diverged(iteration, $"the gradient of the policy's parameter '{update.Offender}' is not finite. Look for rewards of extreme size, a value function that diverges, or a network of your own whose derivative is no number");
            if (!double.IsFinite(loss))
                throw Diverged(iteration, "the value function's error is not finite. Scale the rewards down");

            var elapsed = clock.Elapsed;
            var measured = new TrpoIteration
            {
                Iteration = iteration,
                Steps = steps,
                TotalSteps = TotalSteps,
                Elapsed = elapsed,
                Returns = [.. _episodes.Select(episode => episode.Return)],
                MeanReturn = Mean(episode => episode.Return),
                MeanReturnOfLast100 = _window.Mean,
                MeanEpisodeLength = Mean(episode => episode.Length),
                Update = update,
                Entropy = problem.Entropy,
                ExplainedVariance = targets.ExplainedVariance,
                ValueLoss = loss,
                Times = new IterationTimes(rolledOut - start, estimated - rolledOut, policyTime, valueTime),
            };
            Telemetry.Record(measured, rollout.Rows);
            yield return measured;
            if (_window.IsFull && _window.Mean >= _options.TargetReturn)
                yield break;
        }
    }

    /// <exception cref="InvalidOperationException">An update would have more values than an array can have.</exception>
    private void CheckSize(long rows, int length)
    {
        if (rows * length * (_options.ReusedIterations + 1L) > Array.MaxLength)
            throw new InvalidOperationException($"An update from {rows} steps and those of {_options.ReusedIterations} earlier iterations, with {length} values each, does not fit into memory: make {nameof(TrpoOptions.StepsPerIteration)} or {nameof(TrpoOptions.ReusedIterations)} smaller.");
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
            (update, policyTime) = Timed(Step);
        }
        catch
        {
            // Nobody may free what is still being computed with. Of two failures, this one counts.
            fit?.ContinueWith(failed => _ = failed.Exception, TaskScheduler.Default).Wait();
            throw;
        }

        var (loss, valueTime) = fit?.GetAwaiter().GetResult() ?? Timed(Fit);
        return (update, policyTime, loss, valueTime);

        TrustRegionStep Step()
        {
            using var activity = Telemetry.PolicyUpdate();
            return optimizer.Step(problem);
        }

        double Fit()
        {
            using var activity = Telemetry.ValueFit();
            return _valueFunction.Fit(_samples.Current.Observations, targets.Targets);
        }
    }

    private static (T Result, TimeSpan Time) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        return (work(), Stopwatch.GetElapsedTime(start));
    }

    // 0 at the first iteration, 1 at the last.
    private double Done(int iteration) => _iterations == 1 ? 0 : (iteration - 1.0) / (_iterations - 1);

    // The radius of the trust region falls (or rises) in a straight line over the iterations.
    private IPolicyOptimizer Optimizer(int iteration)
    {
        var (first, last) = (_options.TrustRegion.MaxKl, _options.FinalMaxKl ?? _options.TrustRegion.MaxKl);
        return _options.Optimizer ?? new TrustRegionOptimizer(_options.TrustRegion with { MaxKl = first + (Done(iteration) * (last - first)) });
    }

    // In each environment; the iterations differ by one step at most.
    private int StepsUpTo(int iteration) => (int)((long)_stepsPerEnvironment * iteration / _iterations);

    private double Mean(Func<Episode, double> value) => _episodes.Count == 0 ? double.NaN : _episodes.Average(value);
}

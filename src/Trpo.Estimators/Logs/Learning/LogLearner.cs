using System.Globalization;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The loop of learning from a log: a trust-region step on the next rows, the value on the held-out rows, and the choice of the best policy.</summary>
internal sealed class LogLearner
{
    // Enough rows to keep a thread busy; the division into parts is the same for any number of threads.
    private const int PartRows = 2_048;

    // In minibatches, a step that fails says little of the next one.
    private const int MaxFailures = 10;

    private readonly LearningLog _log;
    private readonly TrpoFromLogOptions _options;
    private readonly IReadOnlyList<StochasticPolicy> _policies;
    private readonly PartThreads _threads;
    private readonly LogMeter _meter;
    private readonly RowBlocks _batches;
    private readonly LogArrays[] _arrays;
    private readonly double _minEffectiveRows;

    /// <param name="log">The log.</param>
    /// <param name="options">The options.</param>
    /// <param name="policies">Copies of the policy, as many as <see cref="PartsOf"/> says.</param>
    /// <param name="threads">The threads.</param>
    public LogLearner(LearningLog log, TrpoFromLogOptions options, IReadOnlyList<StochasticPolicy> policies, PartThreads threads)
    {
        (_log, _options, _policies, _threads) = (log, options, policies, threads);
        _meter = new LogMeter(log, policies, threads);
        _batches = Batches(log, options);
        _arrays = [.. policies.Select(_ => new LogArrays())];
        _minEffectiveRows = options.MinEffectiveRows ?? Math.Min(150, 0.15 * _batches.Length);
    }

    private bool HasHeldOut => _log.Training < _log.Rows.Count;

    /// <summary>Returns the number of copies of the policy that the parts of a step need.</summary>
    public static int PartsOf(LearningLog log, TrpoFromLogOptions options) => new RowBlocks(Batches(log, options).Length, PartRows).Count;

    /// <summary>Fits the policy to the logged actions, so that it imitates the logging policy.</summary>
    /// <param name="check">Throws to end the fit.</param>
    public void Imitate(Action check)
    {
        const int Steps = 50;
        var optimizer = new TrustRegionOptimizer(new TrustRegionOptions { MaxKl = 0.05 });
        var (best, largest, failures) = (Parameters(), Likelihood(), 0);
        for (var step = 0; step < Steps && failures < Math.Min(_batches.Count, MaxFailures); step++)
        {
            check();
            var isAccepted = optimizer.Step(Problem(step, imitates: true)).Outcome == TrustRegionOutcome.Accepted;
            failures = isAccepted ? 0 : failures + 1;
            Share();
            if (isAccepted && Likelihood() is var likelihood && likelihood > largest)
                (best, largest) = (Parameters(), likelihood);
        }

        Assign(best);

        double Likelihood() => (HasHeldOut ? _meter.Measure(_log.Training, _log.Rows.Count) : _meter.Measure(0, _log.Training)).LogLikelihood;
    }

    /// <summary>Learns. The copies of the policy end with the parameters of the best iteration.</summary>
    /// <param name="report">Receives the iterations.</param>
    /// <param name="isCancelled">Returns true to end learning before the next step.</param>
    /// <returns>The iteration whose policy was chosen; the iteration 0 is the start.</returns>
    /// <exception cref="LogException">A gradient or an objective is not finite.</exception>
    public (TrpoFromLogIteration Best, TrpoFromLogIteration Last) Learn(Action<TrpoFromLogIteration> report, Func<bool> isCancelled)
    {
        var optimizer = new TrustRegionOptimizer(_options.TrustRegion);
        var best = new TrpoFromLogIteration { Iteration = 0, Iterations = _options.Iterations, Rows = 0, Update = new TrustRegionStep { Outcome = TrustRegionOutcome.Accepted }, IsBest = true };
        var (parameters, largest, last, failures) = (Parameters(), MeasureHeldOut()?.Value(_options.Estimator), best, 0);
        while (last.Outcome is null)
        {
            if (isCancelled())
            {
                last = last with { Outcome = LearningOutcome.Cancelled };
                break;
            }

            last = Step(optimizer, last.Iteration + 1);
            failures = last.Update.Outcome == TrustRegionOutcome.Accepted ? 0 : failures + 1;

            // Compared as they are computed: in the units of the log, a large reward would hide a small difference.
            var (measure, estimator) = (MeasureHeldOut(), _options.Estimator);
            var isBest = failures == 0 && (measure is null || measure.Value.Value(estimator) > largest);
            last = last with
            {
                HeldOutValue = measure is { } value ? _log.Scale.Restore(value.Value(estimator)) : null,
                HeldOutError = measure?.StandardError(estimator) * _log.Scale.Scale,
                IsBest = isBest,
                Outcome = End(last, failures),
            };
            if (isBest)
                (best, parameters, largest) = (last, Parameters(), measure?.Value(estimator));
            report(last);
        }

        Assign(parameters);
        return (best, last);
    }

    private TrpoFromLogIteration Step(TrustRegionOptimizer optimizer, int iteration)
    {
        var problem = Problem(iteration - 1, imitates: false);
        var step = optimizer.Step(problem);
        if (step.Outcome == TrustRegionOutcome.NonFiniteGradient || !double.IsFinite(problem.Objective))
            throw NotFinite(problem.FindNonFinite());
        Share();
        var isAccepted = step.Outcome == TrustRegionOutcome.Accepted;
        var weights = isAccepted ? problem.Last : problem.Start;
        var value = _options.Estimator == LearningEstimator.SNIPS ? weights.SelfNormalized : problem.Objective + step.Improvement;
        return new TrpoFromLogIteration
        {
            Iteration = iteration,
            Iterations = _options.Iterations,
            Rows = (int)problem.Rows,
            Update = step,
            RefusedTrials = problem.RefusedTrials,
            EffectiveRows = weights.EffectiveRows,
            Value = _log.Scale.Restore(value),
            Entropy = problem.Entropy,
        };
    }

    private LogMeasure? MeasureHeldOut()
    {
        if (!HasHeldOut)
            return null;
        var measure = _meter.Measure(_log.Training, _log.Rows.Count);
        return double.IsFinite(measure.Value(_options.Estimator)) ? measure : throw NotFinite(parameter: null);
    }

    private LearningOutcome? End(TrpoFromLogIteration iteration, int failures)
    {
        if (failures >= Math.Min(_batches.Count, MaxFailures))
            return iteration.RefusedTrials > 0 ? LearningOutcome.EffectiveRowsReached : LearningOutcome.NoImprovement;
        return iteration.Iteration == _options.Iterations ? LearningOutcome.IterationsDone : null;
    }

    private LogProblem Problem(int step, bool imitates)
    {
        var batch = step % _batches.Count;
        var parts = new RowBlocks(_batches.RowsOf(batch), PartRows);
        var objectives = new LogObjective[parts.Count];
        for (var part = 0; part < objectives.Length; part++)
            objectives[part] = new LogObjective(_policies[part], _log, imitates, _batches.Start(batch) + parts.Start(part), parts.RowsOf(part), _arrays[part]);
        return new LogProblem(objectives, _threads, !imitates && _options.Estimator == LearningEstimator.SNIPS, imitates ? 0 : _minEffectiveRows);
    }

    private LogException NotFinite(string? parameter)
    {
        var cause = parameter ?? string.Create(CultureInfo.InvariantCulture, $"the smallest probability of a logged action is {_log.Rows.Propensities.Min():G6}, so that its weight is too large. Check the probabilities, or leave such rows out");
        return new LogException($"The estimate of the policy's value, or its gradient, is not finite: {cause}.");
    }

    private double[] Parameters()
    {
        var parameters = new double[_policies[0].Length];
        _policies[0].CopyTo(parameters);
        return parameters;
    }

    // A batch may have fewer parts than there are copies.
    private void Share() => Assign(Parameters());

    private void Assign(double[] parameters)
    {
        foreach (var policy in _policies)
            policy.Assign(parameters);
    }

    private static RowBlocks Batches(LearningLog log, TrpoFromLogOptions options) => new(log.Training, options.BatchRows);
}

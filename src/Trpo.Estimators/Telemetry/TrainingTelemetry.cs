using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace Trpo.Estimators.Telemetry;

/// <summary>
/// The meters and traces of one training (<c>System.Diagnostics</c>): of iterations and their parts, never of single steps. Without listeners nothing is computed
/// or allocated.
/// </summary>
internal sealed class TrainingTelemetry : IDisposable
{
    private const string EnvironmentTag = TelemetrySources.EnvironmentTag;
    private const string OutcomeTag = "trpo.outcome";

    private static readonly ActivitySource Source = TelemetrySources.Activities;
    private static readonly Meter Meter = TelemetrySources.Meter;
    private static readonly (TrpoMetric Metric, Gauge<double> Gauge)[] Gauges = [.. TrpoMetric.All.Select(metric => (metric, Meter.CreateGauge<double>(metric.Name, metric.Unit, metric.Description)))];
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("trpo.environment.steps", "{step}", "Environment steps that were learned from.");
    private static readonly Counter<long> Iterations = Meter.CreateCounter<long>("trpo.iterations", "{iteration}", "Iterations that ended.");
    private static readonly Counter<long> Episodes = Meter.CreateCounter<long>("trpo.episodes", "{episode}", "Episodes that ended.");
    private static readonly Counter<long> Updates = Meter.CreateCounter<long>("trpo.policy.updates", "{update}", "Updates of the policy, by outcome.");

    // The boundaries that OpenTelemetry takes by itself are for milliseconds.
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("trpo.iteration.duration", "s", "Time of an iteration.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] });

    private readonly KeyValuePair<string, object?> _environment;
    private readonly Activity? _training;
    private Activity? _iteration;

    /// <param name="environment">The environment's name.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="totalSteps">The number of environment steps to train for.</param>
    public TrainingTelemetry(string environment, int seed, int totalSteps)
    {
        _environment = new(EnvironmentTag, environment);
        _training = Source.StartActivity("trpo.train")?.SetTag(EnvironmentTag, environment).SetTag("trpo.seed", seed).SetTag("trpo.total_steps", totalSteps);
    }

    /// <summary>Sets the seed, which is that of the first run where a training resumes.</summary>
    public void SetSeed(int seed) => _training?.SetTag("trpo.seed", seed);

    /// <summary>Runs the training and records an exception that it throws.</summary>
    public T Record<T>(Func<T> training)
    {
        try
        {
            return training();
        }
        catch (Exception exception)
        {
            _training?.AddException(exception).SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    /// <summary>Begins an iteration, which ends when the result is disposed.</summary>
    public Activity? Iteration(int number) => _iteration = Start("trpo.iteration", _training)?.SetTag("trpo.iteration", number);

    /// <summary>Begins the rollout of the iteration, which ends when the result is disposed.</summary>
    public Activity? Rollout() => Start("trpo.rollout", _iteration);

    /// <summary>Begins the estimation of the iteration's advantages, which ends when the result is disposed.</summary>
    public Activity? Advantages() => Start("trpo.advantages", _iteration);

    /// <summary>Begins the iteration's update of the policy, which ends when the result is disposed.</summary>
    public Activity? PolicyUpdate() => Start("trpo.policy_update", _iteration);

    /// <summary>Begins the iteration's fit of the value function, on any thread, which ends when the result is disposed.</summary>
    public Activity? ValueFit() => Start("trpo.value_fit", _iteration);

    /// <summary>Begins an evaluation after the iteration, which ends when the result is disposed.</summary>
    public Activity? Evaluation() => Start("trpo.evaluation", _training);

    /// <summary>Records the measurements of an iteration.</summary>
    /// <param name="iteration">The measurements.</param>
    /// <param name="steps">The environment steps of this iteration, over all environments.</param>
    /// <param name="duration">The time that it took.</param>
    public void Record(TrpoIteration iteration, int steps, TimeSpan duration)
    {
        Record(iteration);
        Steps.Add(steps, _environment);
        Iterations.Add(1, _environment);
        Episodes.Add(iteration.Episodes, _environment);
        if (Updates.Enabled)
            Updates.Add(1, _environment, new(OutcomeTag, OutcomeOf(iteration)));
        Duration.Record(duration.TotalSeconds, _environment);
        _iteration?.SetTag(OutcomeTag, OutcomeOf(iteration));
    }

    /// <summary>Records the measurements of an iteration again, which counts as no other iteration.</summary>
    public void Record(TrpoIteration iteration)
    {
        foreach (var (metric, gauge) in Gauges)
        {
            if (gauge.Enabled && metric.Value(iteration) is var value && !double.IsNaN(value))
                gauge.Record(value, _environment);
        }
    }

    /// <summary>Ends the training.</summary>
    public void Dispose() => _training?.Dispose();

    // The parent is named, and not left to what is current: the fit of the value function may run on another thread.
    private Activity? Start(string name, Activity? parent) =>
        Source.HasListeners() ? Source.StartActivity(name, ActivityKind.Internal, parent?.Context ?? default)?.SetTag(EnvironmentTag, _environment.Value) : null;

    private static string OutcomeOf(TrpoIteration iteration) => JsonNamingPolicy.SnakeCaseLower.ConvertName(iteration.Update.Outcome.ToString());
}

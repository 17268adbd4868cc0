using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Telemetry;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Meters and traces of a training, compared with its reports.</summary>
public sealed class TrainingTelemetryTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 768, StepsPerIteration = 256, HiddenLayers = [16], Seed = 7 };

    private static readonly string[] Parts = ["trpo.rollout", "trpo.advantages", "trpo.policy_update", "trpo.value_fit"];

    [Test]
    public void Every_metric_is_recorded_once_per_iteration_with_the_value_of_the_iteration()
    {
        using var heard = new MeteredTraining();
        var iterations = Train(() => new CartPole(), Short);

        Assert.That(iterations, Has.Count.EqualTo(3));
        Assert.Multiple(() =>
        {
            foreach (var metric in TrpoMetric.All.Where(metric => metric != TrpoMetric.EvaluationReturn))
                Assert.That(heard.Of(metric.Name), Is.EqualTo(iterations.Select(metric.Value).Where(value => !double.IsNaN(value))).And.Not.Empty, metric.Name);
        });
    }

    [Test]
    public void The_instrument_of_a_metric_is_a_gauge_with_the_metrics_unit_and_description()
    {
        using var heard = new MeteredTraining();
        Train(() => new CartPole(), Short);
        var instruments = heard.Measurements.Select(measured => measured.Instrument).Distinct().ToDictionary(instrument => instrument.Name);

        Assert.Multiple(() =>
        {
            foreach (var metric in TrpoMetric.All.Where(metric => metric != TrpoMetric.EvaluationReturn))
            {
                Assert.That(instruments[metric.Name], Is.InstanceOf<Gauge<double>>());
                Assert.That(instruments[metric.Name].Unit, Is.EqualTo(metric.Unit));
                Assert.That(instruments[metric.Name].Description, Is.EqualTo(metric.Description));
            }

            Assert.That(instruments.Keys.Except(TrpoMetric.All.Select(metric => metric.Name)),
                Is.EquivalentTo(new[] { "trpo.environment.steps", "trpo.iterations", "trpo.episodes", "trpo.policy.updates", "trpo.iteration.duration" }));
            Assert.That(instruments["trpo.environment.steps"].Meter.Version, Does.Match(@"^\d+\.\d+\.\d+"));
        });
    }

    [Test]
    public void A_value_that_is_not_a_number_is_not_recorded()
    {
        using var heard = new MeteredTraining();
        // No episode of 1,000 steps ends within 96 of each environment.
        var iterations = Train(() => new CountingEnvironment(length: 1_000), Short);

        Assert.That(iterations.Select(iteration => iteration.MeanReturn), Is.All.NaN);
        Assert.That(heard.Of("trpo.episode.return"), Is.Empty);
        Assert.That(heard.Of("trpo.episode.count"), Is.EqualTo(new double[] { 0, 0, 0 }));
        Assert.That(heard.Measurements.Select(measured => measured.Value), Has.None.NaN);
    }

    [Test]
    public void Counters_add_up()
    {
        using var heard = new MeteredTraining();
        var iterations = Train(() => new CartPole(), Short);

        Assert.Multiple(() =>
        {
            Assert.That(heard.Of("trpo.environment.steps").Sum(), Is.EqualTo(iterations[^1].Steps));
            Assert.That(heard.Of("trpo.iterations").Sum(), Is.EqualTo(3));
            Assert.That(heard.Of("trpo.episodes").Sum(), Is.EqualTo(iterations.Sum(iteration => iteration.Episodes)).And.Positive);
            Assert.That(heard.Of("trpo.iteration.duration"), Has.Length.EqualTo(3).And.All.Positive);
            Assert.That(heard.Of("trpo.iteration.duration").Sum(), Is.LessThanOrEqualTo(iterations[^1].Elapsed.TotalSeconds + 1e-9));
        });
    }

    [TestCase(TrustRegionOutcome.Accepted, "accepted")]
    [TestCase(TrustRegionOutcome.NoImprovement, "no_improvement")]
    [TestCase(TrustRegionOutcome.KlExceeded, "kl_exceeded")]
    [TestCase(TrustRegionOutcome.NotPositiveDefinite, "not_positive_definite")]
    public void Updates_are_counted_by_outcome(TrustRegionOutcome outcome, string tag)
    {
        using var heard = new MeteredTraining();
        Train(() => new CartPole(), Short with { Optimizer = new Idle(outcome) });

        var updates = heard.Measurements.Where(measured => measured.Instrument.Name == "trpo.policy.updates").ToList();
        Assert.That(updates.Select(measured => measured.Value), Is.EqualTo(new double[] { 1, 1, 1 }));
        Assert.That(updates.Select(measured => measured.Tags["trpo.outcome"]), Is.All.EqualTo(tag));
        Assert.That(heard.Named("trpo.iteration").Select(iteration => iteration.GetTagItem("trpo.outcome")), Is.All.EqualTo(tag));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Activities_are_nested_and_lie_within_their_parents(int threads)
    {
        using var heard = new MeteredTraining();
        Train(() => new CartPole(), Short with { Threads = threads });

        var training = heard.Named("trpo.train").Single();
        var iterations = heard.Named("trpo.iteration");
        Assert.That(heard.Activities, Has.Count.EqualTo(1 + (3 * (1 + Parts.Length))));
        Assert.Multiple(() =>
        {
            Assert.That(training.GetTagItem("trpo.seed"), Is.EqualTo(7));
            Assert.That(training.GetTagItem("trpo.total_steps"), Is.EqualTo(768));
            Assert.That(training.Status, Is.EqualTo(ActivityStatusCode.Unset));
            Assert.That(iterations.Select(iteration => iteration.GetTagItem("trpo.iteration")), Is.EqualTo(new object[] { 1, 2, 3 }));
            Assert.That(heard.Activities.Select(activity => activity.GetTagItem("trpo.environment")), Is.All.EqualTo("CartPole"));
            foreach (var iteration in iterations)
            {
                RequireWithin(iteration, training);
                var parts = heard.Activities.Where(activity => activity.ParentSpanId == iteration.SpanId).ToList();
                Assert.That(parts.Select(part => part.OperationName), Is.EquivalentTo(Parts));
                foreach (var part in parts)
                    RequireWithin(part, iteration);
            }
        });
    }

    [Test]
    public void The_fit_of_the_value_function_is_a_child_of_its_iteration_without_a_flowing_context()
    {
        using var heard = new MeteredTraining();
        using (ExecutionContext.SuppressFlow())
            Train(() => new CartPole(), Short with { Threads = 2 });

        Assert.That(heard.Named("trpo.value_fit").Select(fit => fit.ParentSpanId), Is.EqualTo(heard.Named("trpo.iteration").Select(iteration => iteration.SpanId)));
    }

    [Test]
    public void Training_is_a_child_of_the_callers_activity_which_stays_current()
    {
        using var heard = new MeteredTraining();
        using var callers = new Activity("caller").Start();
        Train(() => new CartPole(), Short);

        Assert.That(Activity.Current, Is.SameAs(callers));
        Assert.That(heard.Named("trpo.train").Single().ParentSpanId, Is.EqualTo(callers.SpanId));
    }

    [Test]
    public void A_failed_training_is_traced_as_an_error()
    {
        using var heard = new MeteredTraining();
        Assert.That(() => Train(() => new CountingEnvironment(reward: step => step == 3 ? double.NaN : 1), Short), Throws.InstanceOf<EnvironmentException>());

        var training = heard.Named("trpo.train").Single();
        var recorded = training.Events.Single(happened => happened.Name == "exception");
        Assert.That(training.Status, Is.EqualTo(ActivityStatusCode.Error));
        Assert.That(training.StatusDescription, Does.Contain("Counting"));
        Assert.That(recorded.Tags.Single(tag => tag.Key == "exception.type").Value, Is.EqualTo(typeof(EnvironmentException).FullName));
        Assert.That(heard.Named("trpo.rollout"), Has.Length.EqualTo(1), "the interrupted activity has stopped");
        Assert.That(heard.Of("trpo.iterations"), Is.Empty);
        Assert.That(Activity.Current, Is.Null);
    }

    [Test]
    public void Concurrent_trainings_are_distinguished()
    {
        using var heard = new MeteredTraining();
        Func<IEnvironment>[] environments = [() => new CartPole(), () => new Acrobot()];
        var iterations = new List<TrpoIteration>[2];
        Parallel.For(0, 2, i => iterations[i] = Train(environments[i], Short));

        Assert.Multiple(() =>
        {
            foreach (var (name, reported) in new[] { "CartPole", "Acrobot" }.Zip(iterations))
            {
                Assert.That(heard.Of("trpo.policy.entropy", name), Is.EqualTo(reported.Select(iteration => iteration.Entropy)));
                Assert.That(heard.Of("trpo.environment.steps", name).Sum(), Is.EqualTo(768));
                var training = heard.Named("trpo.train").Single(activity => Equals(activity.GetTagItem("trpo.environment"), name));
                var within = heard.Activities.Where(activity => activity.TraceId == training.TraceId).ToList();
                Assert.That(within, Has.Count.EqualTo(16));
                Assert.That(within.Select(activity => activity.GetTagItem("trpo.environment")), Is.All.EqualTo(name));
            }
        });
    }

    [Test]
    public void Listeners_do_not_change_the_result()
    {
        var alone = Train(() => new CartPole(), Short);
        using var heard = new MeteredTraining();
        var followed = Train(() => new CartPole(), Short);

        Assert.That(followed.Select(iteration => (iteration.Entropy, iteration.Update.MeanKl, iteration.ValueLoss)),
            Is.EqualTo(alone.Select(iteration => (iteration.Entropy, iteration.Update.MeanKl, iteration.ValueLoss))));
    }

    [Test]
    public void Telemetry_without_listeners_allocates_nothing()
    {
        var measured = Train(() => new CartPole(), Short)[^1];
        using var telemetry = new TrainingTelemetry("CartPole", seed: 1, totalSteps: 100);
        Iterate(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Iterate(1_000);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Iterate(int count)
        {
            for (var i = 1; i <= count; i++)
            {
                using var iteration = telemetry.Iteration(i);
                using (telemetry.Rollout())
                using (telemetry.Advantages())
                using (telemetry.PolicyUpdate())
                using (telemetry.ValueFit())
                    telemetry.Record(measured, steps: 1, TimeSpan.FromMilliseconds(1));
            }
        }
    }

    private static void RequireWithin(Activity part, Activity whole)
    {
        Assert.That(part.TraceId, Is.EqualTo(whole.TraceId));
        Assert.That(part.ParentSpanId, Is.EqualTo(whole.SpanId));
        Assert.That(part.StartTimeUtc, Is.GreaterThanOrEqualTo(whole.StartTimeUtc));
        Assert.That(part.StartTimeUtc + part.Duration, Is.LessThanOrEqualTo(whole.StartTimeUtc + whole.Duration));
    }

    private static List<TrpoIteration> Train(Func<IEnvironment> factory, TrpoOptions options)
    {
        var listener = new Listener();
        var ml = new MLContext(seed: 1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(environment, options with { Progress = listener }).Fit(environment);
        return listener.Iterations;
    }

    /// <summary>An optimizer that takes no step and reports a given outcome.</summary>
    private sealed class Idle(TrustRegionOutcome outcome) : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem) => new() { Outcome = outcome };
    }
}

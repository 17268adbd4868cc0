using Trpo.Estimators;
using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests;

/// <summary>The catalog of metrics: its names, in three spellings, and its values of an iteration.</summary>
public sealed class TrpoMetricTests
{
    private static readonly TrpoIteration Literal = new()
    {
        Iteration = 2,
        Steps = 1_000,
        TotalSteps = 4_000,
        Elapsed = TimeSpan.FromSeconds(4),
        Returns = [10, 20, 60],
        MeanReturn = 30,
        MeanReturnOfLast100 = 25,
        MeanEpisodeLength = 17,
        Update = new()
        {
            Outcome = TrustRegionOutcome.Accepted,
            StepFraction = 0.5,
            MeanKl = 0.008,
            Improvement = 0.03,
            ExpectedImprovement = 0.04,
            GradientNorm = 2,
            ConjugateGradient = new(ConjugateGradientOutcome.Converged, Steps: 9, SquaredResidual: 0.04, Curvature: 3),
            Trials = 2,
        },
        MaxKl = 0.01,
        RejectedInARow = 5,
        Rollbacks = 1,
        Restarts = 2,
        Evaluation = new(1_000, 5, [40, 50], IsBest: true),
        Entropy = 0.6,
        ExplainedVariance = 0.7,
        ValueLoss = 12,
        Times = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.75)),
    };

    private static readonly Dictionary<string, double> Values = new()
    {
        ["trpo.episode.return"] = 30,
        ["trpo.episode.return_last_100"] = 25,
        ["trpo.episode.length"] = 17,
        ["trpo.episode.count"] = 3,
        ["trpo.evaluation.return"] = 45,
        ["trpo.policy.kl"] = 0.008,
        ["trpo.policy.max_kl"] = 0.01,
        ["trpo.policy.entropy"] = 0.6,
        ["trpo.policy.step_fraction"] = 0.5,
        ["trpo.policy.line_search_trials"] = 2,
        ["trpo.policy.improvement"] = 0.03,
        ["trpo.policy.expected_improvement"] = 0.04,
        ["trpo.policy.improvement_ratio"] = 0.75,
        ["trpo.policy.gradient_norm"] = 2,
        ["trpo.policy.cg_residual"] = 0.1,
        ["trpo.policy.cg_steps"] = 9,
        ["trpo.policy.rejected_in_a_row"] = 5,
        ["trpo.value.explained_variance"] = 0.7,
        ["trpo.value.loss"] = 12,
        ["trpo.time.rollout"] = 1,
        ["trpo.time.advantages"] = 0.25,
        ["trpo.time.policy_update"] = 0.5,
        ["trpo.time.value_fit"] = 0.75,
        ["trpo.steps_per_second"] = 250,
        ["trpo.recoveries"] = 1,
        ["trpo.restarts"] = 2,
    };

    [Test]
    public void Every_metric_takes_its_value_from_an_iteration()
    {
        Assert.That(TrpoMetric.All.Select(metric => metric.Name), Is.EquivalentTo(Values.Keys));
        Assert.Multiple(() =>
        {
            foreach (var metric in TrpoMetric.All)
                Assert.That(metric.Value(Literal), Is.EqualTo(Values[metric.Name]).Within(1e-12), metric.Name);
        });
    }

    [Test]
    public void Ratio_and_residual_are_NaN_without_an_accepted_step()
    {
        var rejected = Literal with { Update = new() { Outcome = TrustRegionOutcome.ZeroGradient } };

        Assert.That(TrpoMetric.ImprovementRatio.Value(rejected), Is.NaN);
        Assert.That(TrpoMetric.ConjugateGradientResidual.Value(rejected), Is.NaN);
        Assert.That(TrpoMetric.ConjugateGradientSteps.Value(rejected), Is.NaN);
        Assert.That(TrpoMetric.Kl.Value(rejected), Is.Zero);
    }

    [Test]
    public void All_contains_every_metric_once()
    {
        var members = typeof(TrpoMetric).GetProperties().Where(property => property.PropertyType == typeof(TrpoMetric)).Select(property => property.GetValue(null));

        Assert.That(TrpoMetric.All, Is.EquivalentTo(members));
    }

    [Test]
    public void Names_are_unique_in_every_spelling()
    {
        Assert.That(TrpoMetric.All.Select(metric => metric.Name), Is.Unique.And.All.Match(@"^trpo(\.[a-z0-9_]+)+$"));
        Assert.That(TrpoMetric.All.Select(metric => metric.Column), Is.Unique.And.All.Match("^[a-z0-9_]+$"));
        Assert.That(TrpoMetric.All.Select(metric => metric.Tag), Is.Unique.And.All.Match("^[a-z0-9_/]+$"));
        Assert.That(TrpoMetric.All.Select(metric => metric.Description), Is.Unique.And.All.EndsWith("."));
    }

    [Test]
    public void A_name_has_three_spellings()
    {
        Assert.That((TrpoMetric.Kl.Name, TrpoMetric.Kl.Column, TrpoMetric.Kl.Tag), Is.EqualTo(("trpo.policy.kl", "policy_kl", "policy/kl")));
        Assert.That((TrpoMetric.StepsPerSecond.Column, TrpoMetric.StepsPerSecond.Tag), Is.EqualTo(("steps_per_second", "steps_per_second")));
        Assert.That((TrpoMetric.ReturnOfLast100.Column, TrpoMetric.ReturnOfLast100.Tag), Is.EqualTo(("episode_return_last_100", "episode/return_last_100")));
    }

    [Test]
    public void Warning_levels_lie_outside_the_healthy_range()
    {
        Assert.Multiple(() =>
        {
            foreach (var (name, health) in TrpoMetric.All.Where(metric => metric.Health is not null).Select(metric => (metric.Name, metric.Health!)))
            {
                foreach (var value in new[] { health.Healthy.Min, health.Healthy.Max })
                    Assert.That((health.NeedsAttention(value), health.IsBad(value)), Is.EqualTo((false, false)).Or.EqualTo((double.IsInfinity(value), double.IsInfinity(value))), name);
                foreach (var bad in new[] { health.BadAtOrBelow, health.BadAtOrAbove }.OfType<double>())
                    Assert.That((health.IsBad(bad), health.WarnOutside == MetricRange.Unbounded || health.NeedsAttention(bad)), Is.EqualTo((true, true)), name);
                Assert.That((health.NeedsAttention(double.NaN), health.IsBad(double.NaN)), Is.EqualTo((false, false)), name);
            }
        });
    }

    [Test]
    public void Defaults_of_the_monitor_are_the_levels_at_which_a_report_calls_a_run_bad()
    {
        var ending = new HealthOptions();

        Assert.That(TrpoMetric.RejectedInARow.Health!.BadAtOrAbove, Is.EqualTo(ending.MaxRejectedUpdates).And.EqualTo(50));
        Assert.That(TrpoMetric.Entropy.Health!.BadAtOrBelow, Is.EqualTo(ending.EntropyCollapse).And.EqualTo(0.01));
    }

    [Test]
    public void Ranges_and_levels_have_texts()
    {
        var health = new MetricHealth(new(0.5, 1)) { Quantity = "share of something", WarnOutside = new(0.25, 1e6), BadAtOrBelow = 0, BadAtOrAbove = 1e7 };

        Assert.That($"{health}", Is.EqualTo("0.5 to 1 (share of something)"));
        Assert.That(health.Levels, Is.EqualTo("below 0.25 or above 1E+06; bad at 0 or below; bad at 1E+07 or above"));
        Assert.That(new MetricHealth(MetricRange.AtMost(3)).Levels, Is.Empty);
        Assert.That(new[] { MetricRange.AtLeast(0.2), MetricRange.AtMost(3), new(2, 2), MetricRange.Unbounded }.Select(range => $"{range}"), Is.EqualTo(new[] { "at least 0.2", "at most 3", "2", "any" }));
    }
}

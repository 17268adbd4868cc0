using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Health;

public sealed class HealthMonitorTests
{
    private static readonly HealthOptions Options = new() { MaxRejectedUpdates = 3, EntropyCollapse = 0.1 };

    [Test]
    public void Rejected_updates_in_a_row_are_counted_by_outcome()
    {
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        Observe(monitor, TrustRegionOutcome.KlExceeded, TrustRegionOutcome.ZeroGradient, TrustRegionOutcome.NoImprovement);
        Assert.That(monitor.Diagnosis, Is.Null);
        Assert.That((monitor.RejectedInARow, monitor.IsHealthy), Is.EqualTo((2, false)));

        Observe(monitor, TrustRegionOutcome.KlExceeded);
        Assert.That(monitor.Diagnosis, Does.StartWith("3 updates of the policy in a row were rejected (1 NoImprovement, 2 KlExceeded)").And.Contain("TrustRegion.Damping"));
    }

    [Test]
    public void An_accepted_update_ends_the_row()
    {
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        for (var i = 0; i < 10; i++)
            Observe(monitor, TrustRegionOutcome.NonFinite, TrustRegionOutcome.NotPositiveDefinite, TrustRegionOutcome.Accepted);

        Assert.That(monitor.Diagnosis, Is.Null);
        Assert.That((monitor.RejectedInARow, monitor.IsHealthy), Is.EqualTo((0, true)));
    }

    [Test]
    public void A_gradient_of_zero_is_no_rejection()
    {
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        Observe(monitor, [.. Enumerable.Repeat(TrustRegionOutcome.ZeroGradient, 100)]);

        Assert.That(monitor.IsHealthy);
    }

    [Test]
    public void Without_a_limit_any_number_may_be_rejected()
    {
        var monitor = new HealthMonitor(Options with { MaxRejectedUpdates = null }, continuousDimensions: 0);
        Observe(monitor, [.. Enumerable.Repeat(TrustRegionOutcome.NoImprovement, 100)]);

        Assert.That(monitor.Diagnosis, Is.Null);
    }

    // Of choices a tenth of the entropy, of continuous actions a tenth of the standard deviation: the entropy falls by its logarithm in each dimension.
    [TestCase(0, 0.6, 0.061, false)]
    [TestCase(0, 0.6, 0.059, true)]
    [TestCase(1, 1.4, 1.4 - 2.30, false)]
    [TestCase(1, 1.4, 1.4 - 2.31, true)]
    [TestCase(3, -1, -1 - (3 * 2.30), false)]
    [TestCase(3, -1, -1 - (3 * 2.31), true)]
    public void Lost_entropy_while_returns_stand_still_is_a_collapse(int continuousDimensions, double first, double entropy, bool collapses)
    {
        var monitor = new HealthMonitor(Options, continuousDimensions);
        monitor.Observe(TrustRegionOutcome.Accepted, first, Enumerable.Repeat(-200.0, 20));
        for (var i = 0; i < 9; i++)
            monitor.Observe(TrustRegionOutcome.Accepted, entropy, Enumerable.Repeat(-200.0, 20));
        Assert.That(monitor.Diagnosis, Is.Null, "it must last");

        monitor.Observe(TrustRegionOutcome.Accepted, entropy, []);
        Assert.That(monitor.Diagnosis, collapses ? Does.StartWith("the policy has collapsed").And.Contain("-200").And.Contain("EntropyBonus") : Is.Null);
        Assert.That(monitor.IsHealthy, Is.EqualTo(!collapses));
    }

    [TestCase(1.001, false)]
    [TestCase(1, true)]
    [TestCase(0.5, true)]
    public void A_better_policy_may_lose_its_entropy(double last, bool collapses)
    {
        // The first returns are 0 and 2 in turn.
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        monitor.Observe(TrustRegionOutcome.Accepted, 1, Enumerable.Range(0, 20).Select(i => i % 2 * 2.0));
        for (var i = 0; i < 20; i++)
            monitor.Observe(TrustRegionOutcome.Accepted, 0, Enumerable.Repeat(last, 20));

        Assert.That(monitor.Diagnosis, collapses ? Is.Not.Null : Is.Null);
    }

    [TestCase(5, true)]
    [TestCase(4, false)]
    public void Only_episodes_of_the_first_iterations_count_as_first(int episodes, bool collapses)
    {
        // Later ones may be those of a policy that has learned.
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        for (var i = 0; i < 60; i++)
            monitor.Observe(TrustRegionOutcome.Accepted, i == 0 ? 1 : 0, i < episodes || i >= HealthMonitor.FirstIterations ? [7.0] : []);

        Assert.That(monitor.Diagnosis, collapses ? Does.Contain("collapsed") : Is.Null);
    }

    [Test]
    public void Rejected_updates_of_a_policy_that_has_learned_cause_one_warning()
    {
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        monitor.Observe(TrustRegionOutcome.Accepted, 1, Enumerable.Repeat(1.0, 20));
        monitor.Observe(TrustRegionOutcome.Accepted, 1, Enumerable.Repeat(2.0, 20));
        var remarks = new List<string?>();
        foreach (var outcome in new[] { TrustRegionOutcome.NoImprovement, TrustRegionOutcome.NoImprovement, TrustRegionOutcome.NoImprovement, TrustRegionOutcome.ZeroGradient, TrustRegionOutcome.NoImprovement })
        {
            Observe(monitor, outcome);
            remarks.Add(monitor.Warning);
        }

        Assert.That(monitor.Diagnosis, Is.Null);
        Assert.That(remarks.Select(remark => remark is not null), Is.EqualTo(new[] { false, false, true, false, false }), "once");
    }

    [Test]
    public void Too_few_episodes_to_compare_are_no_collapse()
    {
        var monitor = new HealthMonitor(Options, continuousDimensions: 0);
        for (var i = 0; i < 29; i++)
            monitor.Observe(TrustRegionOutcome.Accepted, i == 0 ? 1 : 0, [0]);

        Assert.That(monitor.IsHealthy, "ten first and nineteen last ones");
    }

    [Test]
    public void Detection_of_a_collapse_can_be_switched_off()
    {
        var monitor = new HealthMonitor(Options with { EntropyCollapse = 0 }, continuousDimensions: 0);
        for (var i = 0; i < 100; i++)
            monitor.Observe(TrustRegionOutcome.Accepted, i == 0 ? 1 : 0, [0]);

        Assert.That(monitor.IsHealthy);
    }

    [Test]
    public void A_restored_monitor_continues_as_the_saved_one()
    {
        var (whole, first, second) = (new HealthMonitor(Options, 0), new HealthMonitor(Options, 0), new HealthMonitor(Options, 0));
        for (var i = 0; i < 40; i++)
        {
            var (outcome, entropy) = (i % 5 == 3 ? TrustRegionOutcome.NoImprovement : TrustRegionOutcome.Accepted, i < 33 ? 1 : 0.01);
            whole.Observe(outcome, entropy, [1]);
            (i < 37 ? first : second).Observe(outcome, entropy, [1]);
            if (i != 36)
                continue;
            using var state = new MemoryStream();
            first.SaveState(new BinaryWriter(state));
            state.Position = 0;
            second.RestoreState(new BinaryReader(state));
        }

        Assert.That(whole.IsHealthy, Is.False);
        Assert.That((second.RejectedInARow, second.Diagnosis), Is.EqualTo((whole.RejectedInARow, whole.Diagnosis)));
        second.Observe(TrustRegionOutcome.Accepted, 0.01, []);
        second.Observe(TrustRegionOutcome.Accepted, 0.01, []);
        second.Observe(TrustRegionOutcome.Accepted, 0.01, []);
        Assert.That(second.Diagnosis, Does.Contain("for 10 iterations"));
    }

    [TestCase(0, 0.01, 0, 0.5)]
    [TestCase(1, 1.1, 0, 0.5)]
    [TestCase(1, 0.01, 101, 0.5)]
    [TestCase(1, 0.01, 0, 0)]
    public void Impossible_settings_are_refused(int rejected, double collapse, int rollbacks, double factor) =>
        Assert.That(() => new HealthOptions { MaxRejectedUpdates = rejected, EntropyCollapse = collapse, MaxRollbacks = rollbacks, RollbackMaxKlFactor = factor }.Validate(), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static void Observe(HealthMonitor monitor, params ReadOnlySpan<TrustRegionOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
            monitor.Observe(outcome, double.NaN, []);
    }
}

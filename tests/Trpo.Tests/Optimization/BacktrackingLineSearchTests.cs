using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Optimization;

public sealed class BacktrackingLineSearchTests
{
    [Test]
    public void Accepts_the_full_step_if_it_brings_the_expected_improvement()
    {
        var found = BacktrackingLineSearch.Run(c => (5 + c, 0.005 * c), surrogate: 5, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found, Is.EqualTo(new LineSearchResult(TrustRegionOutcome.Accepted, 1, 6, 0.005, 1)));
    }

    [Test]
    public void Halves_the_step_until_the_divergence_is_within_the_trust_region()
    {
        // KL = 0.03 c^2 <= 0.01 first holds at c = 1/2: 0.0075.
        var found = BacktrackingLineSearch.Run(c => (c, 0.03 * c * c), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found, Is.EqualTo(new LineSearchResult(TrustRegionOutcome.Accepted, 0.5, 0.5, 0.0075, 2)));
    }

    [Test]
    public void Accepts_a_divergence_equal_to_the_radius()
    {
        var found = BacktrackingLineSearch.Run(c => (c, 0.01), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.StepFraction, Is.EqualTo(1));
    }

    [Test]
    public void Halves_the_step_until_the_improvement_is_a_share_of_the_expected_one()
    {
        // L = c - 3.7 c^2 improves by less than 10% of c until 1 - 3.7 c > 0.1, that is c < 0.243.
        var found = BacktrackingLineSearch.Run(c => (c - (3.7 * c * c), 0), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.StepFraction, Is.EqualTo(0.125));
        Assert.That(found.Trials, Is.EqualTo(4));
    }

    [Test]
    public void An_improvement_equal_to_the_minimum_share_is_rejected()
    {
        var found = BacktrackingLineSearch.Run(c => (0.5 * c, 0), surrogate: 0, expectedImprovement: 1, maxKl: 0.01, acceptRatio: 0.5);

        Assert.That(found, Is.EqualTo(new LineSearchResult(TrustRegionOutcome.NoImprovement, 0, 0, 0, 10)));
    }

    [Test]
    public void Reports_that_the_trust_region_was_exceeded()
    {
        var found = BacktrackingLineSearch.Run(c => (c, 1), surrogate: 0, expectedImprovement: 1, maxKl: 0.01, maxBacktracks: 3);

        Assert.That(found, Is.EqualTo(new LineSearchResult(TrustRegionOutcome.KlExceeded, 0, 0, 0, 3)));
    }

    [TestCase(double.NaN, 0)]
    [TestCase(double.PositiveInfinity, 0)]
    [TestCase(1, double.NaN)]
    [TestCase(1, double.PositiveInfinity)]
    public void Never_accepts_a_trial_that_is_not_finite(double surrogate, double kl)
    {
        var found = BacktrackingLineSearch.Run(_ => (surrogate, kl), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.Outcome, Is.EqualTo(TrustRegionOutcome.NonFinite));
        Assert.That(found.StepFraction, Is.Zero);
    }

    [Test]
    public void A_divergence_slightly_below_zero_counts_as_zero()
    {
        var found = BacktrackingLineSearch.Run(c => (c, -1e-9), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        Assert.That(found.MeanKl, Is.Zero);
    }

    [Test]
    public void A_divergence_far_below_zero_is_rejected()
    {
        var found = BacktrackingLineSearch.Run(c => (c, -5), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.Outcome, Is.EqualTo(TrustRegionOutcome.KlExceeded));
    }

    [TestCase(double.NaN, 0.01, 0.1)]
    [TestCase(1, double.NaN, 0.1)]
    [TestCase(1, 0.01, 5)]
    public void Arguments_out_of_range_are_refused(double expectedImprovement, double maxKl, double acceptRatio) =>
        Assert.That(() => BacktrackingLineSearch.Run(c => (c, 0), 0, expectedImprovement, maxKl, acceptRatio: acceptRatio), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Tries_shorter_steps_after_one_that_is_not_finite()
    {
        var found = BacktrackingLineSearch.Run(c => c > 0.5 ? (double.NaN, double.NaN) : (c, 0), surrogate: 0, expectedImprovement: 1, maxKl: 0.01);

        Assert.That(found.StepFraction, Is.EqualTo(0.5));
    }
}

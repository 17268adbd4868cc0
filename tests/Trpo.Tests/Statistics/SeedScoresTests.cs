using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Statistics;

namespace Trpo.Tests.Statistics;

/// <summary>Tests of the statistics over seeds, on arrays with answers that were computed by hand.</summary>
public sealed class SeedScoresTests
{
    // Two tasks with five seeds.
    private static readonly double[][] Tasks = [[1, 2, 3, 4, 10], [0, 0, 5, 5, 20]];

    [Test]
    public void The_mean_is_that_over_tasks_of_that_over_seeds()
    {
        Assert.That(new SeedScores(Tasks).Mean, Is.EqualTo(5).Within(1e-12), "of 4 and 6");
        Assert.That(new SeedScores([[1, 2, 3], [10.0]]).Mean, Is.EqualTo(6).Within(1e-12), "a task weighs as much as another, whatever its seeds");
    }

    [TestCase(new double[] { 1, 2, 3, 4, 5, 6, 7, 8, 100 }, 5, TestName = "Two of nine are left out at either end")]
    [TestCase(new[] { -3.5, 0, 2, 2, 9 }, 4.0 / 3, TestName = "One of five is left out at either end")]
    [TestCase(new double[] { 1, 2, 9 }, 4, TestName = "Of three, none is left out")]
    [TestCase(new double[] { 7, 1, 3, 100 }, 5, TestName = "One of four is left out at either end")]
    [TestCase(new[] { 0.1 }, 0.1, TestName = "One score is its own interquartile mean")]
    public void The_interquartile_mean_leaves_out_a_quarter_at_either_end(double[] scores, double expected) => Assert.That(new SeedScores(scores).InterquartileMean, Is.EqualTo(expected).Within(1e-12));

    [Test]
    public void The_interquartile_mean_is_that_of_the_scores_of_all_tasks_together() =>
        Assert.That(new SeedScores(Tasks).InterquartileMean, Is.EqualTo(20.0 / 6).Within(1e-12), "of 1, 2, 3, 4, 5 and 5");

    [Test]
    public void The_probability_of_improvement_counts_pairs_and_half_of_the_ties()
    {
        // 1 beats 0; 2 beats 0, and ties with 2 and 2; 3 beats all: 6 of 9.
        Assert.That(new SeedScores([1.0, 2, 3]).ProbabilityOfImprovement(new SeedScores([2.0, 2, 0])), Is.EqualTo(6.0 / 9).Within(1e-12));

        // The first task: 1, 2 lose to both, 3 ties with both, 4 and 10 beat both: 5 of 10. The second: 0 beats -1 (twice); 5 beats -1 and ties with 5 (twice); 20 beats all: 8 of 15.
        Assert.That(new SeedScores(Tasks).ProbabilityOfImprovement(new SeedScores([[3.0, 3], [5.0, 6, -1]])), Is.EqualTo(((5.0 / 10) + (8.0 / 15)) / 2).Within(1e-12));
    }

    [Test]
    public void Improvement_and_its_opposite_add_up_to_one()
    {
        var (one, other) = (new SeedScores([1.0, 5, 5, 2]), new SeedScores([5.0, 0, 3]));

        Assert.That(one.ProbabilityOfImprovement(other) + other.ProbabilityOfImprovement(one), Is.EqualTo(1));
        Assert.That(one.ProbabilityOfImprovement(one), Is.EqualTo(0.5));
    }

    [Test]
    public void The_quantiles_of_the_bootstrap_are_those_of_the_known_distribution()
    {
        // The mean of three draws from 0, 0, 3 is 0 in 8 of 27 cases, 1 in 12, 2 in 6 and 3 in 1: its quantiles at 20 % and 80 % are 0 and 2, those at 40 % and 60 % are 1.
        var scores = new SeedScores([0.0, 0, 3]);

        Assert.That(scores.MeanInterval(0.6), Is.EqualTo(new ConfidenceInterval(0, 2, 0.6)));
        Assert.That(scores.MeanInterval(0.2), Is.EqualTo(new ConfidenceInterval(1, 1, 0.2)));
        Assert.That(scores.MeanInterval(0.98).High, Is.EqualTo(3), "in 3.7 % of the resamples");
    }

    [Test]
    public void Seeds_are_drawn_within_their_task()
    {
        // Each task has one value: whatever is drawn, the mean is that of the tasks. Seeds that were drawn across tasks would vary it.
        var scores = new SeedScores([[1.0, 1, 1], [9.0, 9, 9]]);

        Assert.That(scores.MeanInterval(), Is.EqualTo(new ConfidenceInterval(5, 5, 0.95)));
        Assert.That(scores.ProbabilityOfImprovementInterval(new SeedScores([[0.0, 0], [10.0, 10]])), Is.EqualTo(new ConfidenceInterval(0.5, 0.5, 0.95)));
    }

    [Test]
    public void Intervals_of_improvement_draw_the_seeds_of_both()
    {
        var interval = new SeedScores([1.0, 3]).ProbabilityOfImprovementInterval(new SeedScores([2.0, 4]), 0.95);

        Assert.That((interval.Low, interval.High), Is.EqualTo((0, 1)), "all pairs lose if 1 is drawn twice, and win if 3 and 2 are");
    }

    [Test]
    public void One_seed_and_equal_seeds_have_a_point_for_an_interval()
    {
        foreach (var scores in new[] { new SeedScores([0.1]), new SeedScores([0.1, 0.1, 0.1, 0.1, 0.1]) })
        {
            Assert.That(scores.Mean, Is.EqualTo(0.1));
            Assert.That(scores.MeanInterval(), Is.EqualTo(new ConfidenceInterval(0.1, 0.1, 0.95)));
            Assert.That(scores.InterquartileMeanInterval(), Is.EqualTo(new ConfidenceInterval(0.1, 0.1, 0.95)));
        }
    }

    [Test]
    public void The_order_of_seeds_changes_nothing()
    {
        var (one, shuffled, other) = (new SeedScores(Tasks), new SeedScores([[10.0, 2, 4, 1, 3], [5.0, 20, 0, 5, 0]]), new SeedScores([[3.0, 1], [4.0, 8]]));

        Assert.That(shuffled.InterquartileMean, Is.EqualTo(one.InterquartileMean));
        Assert.That(shuffled.MeanInterval(), Is.EqualTo(one.MeanInterval()));
        Assert.That(shuffled.InterquartileMeanInterval(), Is.EqualTo(one.InterquartileMeanInterval()));
        Assert.That(shuffled.ProbabilityOfImprovementInterval(other), Is.EqualTo(one.ProbabilityOfImprovementInterval(other)));
    }

    [Test]
    public void Another_unit_scales_means_and_intervals_and_leaves_the_probability()
    {
        var (one, scaled) = (new SeedScores(Tasks), new SeedScores([.. Tasks.Select(Scaled)]));
        var other = new[] { new[] { 3.0, 1 }, [4.0, 8] };
        var (interval, scaledInterval) = (one.InterquartileMeanInterval(), scaled.InterquartileMeanInterval());

        Assert.That(scaled.Mean, Is.EqualTo((1000 * one.Mean) - 7).Within(1e-9));
        Assert.That(scaled.InterquartileMean, Is.EqualTo((1000 * one.InterquartileMean) - 7).Within(1e-9));
        Assert.That(scaledInterval.Low, Is.EqualTo((1000 * interval.Low) - 7).Within(1e-9));
        Assert.That(scaledInterval.High, Is.EqualTo((1000 * interval.High) - 7).Within(1e-9));
        Assert.That(scaled.ProbabilityOfImprovement(new SeedScores([.. other.Select(Scaled)])), Is.EqualTo(one.ProbabilityOfImprovement(new SeedScores(other))));

        static double[] Scaled(double[] scores) => [.. scores.Select(score => (1000 * score) - 7)];
    }

    [Test]
    public void Resamples_repeat_with_their_seed()
    {
        var scores = new SeedScores([0.3, 1.7, 2.9, 4.1, 8.8]);

        var first = scores.MeanInterval(seed: 3);

        Assert.That(scores.MeanInterval(seed: 3), Is.EqualTo(first));
        Assert.That(scores.MeanInterval(resamples: 50, seed: 3), Is.Not.EqualTo(scores.MeanInterval(resamples: 50, seed: 4)));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_score_that_is_not_finite_is_refused_by_task_and_seed(double score) =>
        Assert.That(() => new SeedScores([[1.0], [2.0, score]]), Throws.ArgumentException.With.Message.Contains("The score of seed 1 (from 0) in task 1 is").And.Message.Contains("must be finite"));

    [Test]
    public void Missing_scores_and_other_tasks_are_refused()
    {
        Assert.That(() => new SeedScores(Array.Empty<double>()), Throws.ArgumentException.With.Message.Contains("Task 0 has no scores"));
        Assert.That(() => new SeedScores(Array.Empty<double[]>()), Throws.ArgumentException);
        Assert.That(() => new SeedScores(Tasks).ProbabilityOfImprovement(new SeedScores([1.0])), Throws.ArgumentException.With.Message.Contains("1 tasks, but these are of 2"));
        Assert.That(() => new SeedScores([1.0]).MeanInterval(1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SeedScores([1.0]).MeanInterval(resamples: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}

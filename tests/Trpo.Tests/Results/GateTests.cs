using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Statistics;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class GateTests
{
    // The means are 2 and 4; the one seed solves at 600, the other does not.
    private static readonly SeedResult[] Results = [TinyStudy.Result(1), TinyStudy.Result(2, 2, 4, 6) with { Curve = [new(600, 1, 14.9, IsFull: true)] }];

    [Test]
    public void A_summary_says_what_the_seeds_reached_together()
    {
        var summary = new Summary(TinyStudy.Study, Results);

        Assert.That(summary.Mean, Is.EqualTo(3));
        Assert.That(summary.DeviationOverSeeds, Is.EqualTo(Math.Sqrt(2)));
        Assert.That(summary.DeviationOverEpisodes, Is.EqualTo(Math.Sqrt(16.0 / 6)).Within(1e-12));
        Assert.That(summary.Interval, Is.EqualTo((2.0, 4.0)));
        Assert.That((summary.Worst, summary.Failed, summary.FirstSolved, summary.LastSolved), Is.EqualTo((2.0, 1, (int?)600, (int?)null)));
        Assert.That(summary.MedianSolved, Is.EqualTo(double.PositiveInfinity));
        Assert.That(Numbers.Solved(summary), Is.EqualTo("> 600, 600–"));
        Assert.That(Numbers.Solved(new Summary(TinyStudy.Study, [Results[0], Results[0], Results[1]])), Is.EqualTo("600, 600–"));
        Assert.That(Numbers.Solved(new Summary(TinyStudy.Study, [Results[0]])), Is.EqualTo("600, 600–600"));
        Assert.That(Numbers.Solved(new Summary(TinyStudy.Study, [Results[1]])), Is.EqualTo("> 600"));
    }

    [TestCase(-0.04, "0.0")]
    [TestCase(-0.06, "-0.1")]
    [TestCase(0.06, "0.1")]
    [TestCase(-1234.56, "-1234.6")]
    [TestCase(double.NaN, "–")]
    public void A_return_is_written_with_one_decimal(double value, string expected) => Assert.That(Numbers.Return(value), Is.EqualTo(expected));

    [TestCase(3, null, false, true)]
    [TestCase(3.1, null, false, false)]
    [TestCase(3, 601, false, false)]
    [TestCase(3, null, true, false)]
    public void A_goal_is_reached_or_missed(double mean, int? steps, bool everySeed, bool holds)
    {
        var study = TinyStudy.Study with { Goal = new(mean, steps, everySeed) };
        var (reached, line) = Gate.Check(new Measured(study, new Summary(study, Results), 2), seeds: 2);

        Assert.That(reached, Is.EqualTo(holds), line);
        Assert.That(line, Does.StartWith(holds ? "holds" : "MISSED").And.Contain("Tiny-v0").And.Contain("mean return 3.0"));
    }

    [TestCase(600, false)]
    [TestCase(601, true)]
    public void The_median_must_be_below_the_goal(int steps, bool holds)
    {
        var study = TinyStudy.Study with { Goal = new(0, steps) };

        Assert.That(Gate.Check(new Measured(study, new Summary(study, [Results[0]]), 1), seeds: 1).Holds, Is.EqualTo(holds));
    }

    [Test]
    public void What_is_not_measured_is_missing()
    {
        var (reached, line) = Gate.Check(new Measured(TinyStudy.Study, null, 3), seeds: 10);

        Assert.That(reached, Is.False);
        Assert.That(line, Is.EqualTo("missing  Tiny-v0: 3 of 10 seeds are finished with these settings. Run it with 'tiny'."));
    }
}

using Trpo.Estimators;
using Trpo.Reports.Charts;
using Trpo.Reports.History;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class TimeSharesTests
{
    [TestCase(1)]
    [TestCase(60)]
    [TestCase(61)]
    [TestCase(150)]
    [TestCase(1_000)]
    public void Each_stretch_shows_the_shares_of_its_own_iterations(int count)
    {
        var random = new Random(1);
        var iterations = Iterations.HealthyRun(count).Select(iteration => iteration with { Times = new IterationTimes(Some(), Some(), Some(), Some()) }).ToList();
        var areas = TimeShares.Of(RunHistory.Of(iterations));

        var x = areas[0].X;
        Assert.That((x[0], x[^1]), Is.EqualTo((0.0, (double)iterations[^1].Steps)));
        for (var i = 0; i < x.Count; i += 2)
        {
            Assert.That(x[i], Is.EqualTo(i == 0 ? 0 : x[i - 1]), "one begins where the one before ended");
            var times = iterations.Where(iteration => iteration.Steps > x[i] && iteration.Steps <= x[i + 1]).Select(iteration => iteration.Times).ToList();
            double[] sums = [Sum(time => time.Rollout), Sum(time => time.Advantages), Sum(time => time.PolicyUpdate), Sum(time => time.ValueFit)];
            foreach (var end in new[] { i, i + 1 })
                Assert.That(areas.Select(area => area.Y[end] - area.Base![end]), Is.EqualTo(sums.Select(sum => sum / sums.Sum())).Within(1e-12));

            double Sum(Func<IterationTimes, TimeSpan> phase) => times.Sum(time => phase(time).TotalSeconds);
        }

        TimeSpan Some() => TimeSpan.FromTicks(random.Next(1, 1_000_000));
    }

    [Test]
    public void Iterations_without_times_show_no_shares()
    {
        var areas = TimeShares.Of(RunHistory.Of([Iterations.Healthy(1) with { Times = new IterationTimes(default, default, default, default) }]));

        Assert.That(areas.SelectMany(area => area.Y), Is.All.Zero);
    }
}

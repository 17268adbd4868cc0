using Trpo.Results.Statistics;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Results;

public sealed class DifferenceTests
{
    [Test]
    public void Seeds_are_compared_each_with_itself()
    {
        // The differences are 2 and 4: a quarter of the draws has the mean 2, a quarter 4. What the seeds have in common does not blur them.
        var difference = Difference.Of([102, -96], [100, -100]);

        Assert.That(difference, Is.EqualTo(new Difference(3, (2, 4))));
        Assert.That(difference.ExcludesZero, Is.True);
        Assert.That(Difference.Of([100, -100], [102, -96]), Is.EqualTo(new Difference(-3, (-4, -2))));
    }

    [TestCase(new double[] { 1, 3 }, true)]
    [TestCase(new double[] { -1, -3 }, true)]
    [TestCase(new double[] { -1, 3 }, false)]
    [TestCase(new double[] { 0, 3 }, false)]
    [TestCase(new double[] { 0, -3 }, false)]
    [TestCase(new double[] { 0, 0 }, false)]
    [TestCase(new double[] { 2, 2 }, true)]
    public void A_difference_counts_where_the_interval_leaves_no_room_for_none(double[] differences, bool counts) =>
        Assert.That(Difference.Of(differences, [0, 0]).ExcludesZero, Is.EqualTo(counts));

    [Test]
    public void With_ten_seeds_one_difference_in_ten_seems_to_count_where_there_is_none()
    {
        const int Trials = 2_000;
        var random = new RandomSource(seed: 1);
        var counted = Enumerable.Range(0, Trials).Count(_ =>
        {
            var (low, high) = Sample.BootstrapOfMean([.. Enumerable.Range(0, 10).Select(_ => random.NextGaussian())], draws: 1_000);
            return low > 0 || high < 0;
        });

        // As the document says. The standard deviation of the share is 0.007.
        Assert.That(counted / (double)Trials, Is.EqualTo(0.1).Within(0.02));
    }

    [Test]
    public void Other_seeds_are_no_pairs() => Assert.That(() => Difference.Of([1, 2], [1]), Throws.ArgumentException.With.Message.Contains("2 seeds cannot be compared with 1"));
}

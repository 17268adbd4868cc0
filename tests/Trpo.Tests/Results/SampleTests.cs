using Trpo.Results.Statistics;

namespace Trpo.Tests.Results;

public sealed class SampleTests
{
    [Test]
    public void Deviations_are_those_of_the_numbers_and_of_what_they_were_drawn_from()
    {
        double[] values = [2, 4, 4, 4, 5, 5, 7, 9];

        Assert.That(Sample.PopulationDeviation(values), Is.EqualTo(2));
        Assert.That(Sample.Deviation(values), Is.EqualTo(Math.Sqrt(32.0 / 7)));
        Assert.That(Sample.Deviation([3]), Is.NaN);
        Assert.That(Sample.PopulationDeviation([3]), Is.Zero);
    }

    [TestCase(new double[] { 3, 1, 2 }, 2)]
    [TestCase(new double[] { 4, 1, 3, 2 }, 2.5)]
    [TestCase(new double[] { 7 }, 7)]
    [TestCase(new double[] { 1, double.PositiveInfinity, 2 }, 2)]
    [TestCase(new double[] { 1, double.PositiveInfinity }, double.PositiveInfinity)]
    [TestCase(new double[] { 1, double.PositiveInfinity, double.PositiveInfinity }, double.PositiveInfinity)]
    public void The_median_allows_for_what_never_came(double[] values, double expected) =>
        Assert.That(Sample.Median(values), Is.EqualTo(expected));

    [Test]
    public void The_bootstrap_of_two_numbers_is_known_exactly()
    {
        // The mean of two draws from {0, 1} is 0, 1/2, 1/2 or 1: a quarter each, so that half of the means are 1/2.
        Assert.That(Sample.BootstrapOfMean([0, 1], coverage: 0.95), Is.EqualTo((0.0, 1.0)));
        Assert.That(Sample.BootstrapOfMean([0, 1], coverage: 0.4), Is.EqualTo((0.5, 0.5)));
    }

    [Test]
    public void The_bootstrap_of_many_numbers_nears_that_of_the_normal_distribution()
    {
        double[] values = [.. Enumerable.Range(0, 200).Select(i => (double)(i % 10))];
        var (low, high) = Sample.BootstrapOfMean(values);

        var halfWidth = 1.96 * Sample.PopulationDeviation(values) / Math.Sqrt(200);
        Assert.That(low, Is.EqualTo(4.5 - halfWidth).Within(0.03));
        Assert.That(high, Is.EqualTo(4.5 + halfWidth).Within(0.03));
        Assert.That(Sample.BootstrapOfMean(values), Is.EqualTo((low, high)), "the draws are the same every time");
    }

    [Test]
    public void Equal_numbers_leave_no_doubt() => Assert.That(Sample.BootstrapOfMean([500, 500, 500]), Is.EqualTo((500.0, 500.0)));
}

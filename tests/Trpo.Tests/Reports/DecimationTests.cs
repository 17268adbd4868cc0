using Trpo.Reports.Charts;

namespace Trpo.Tests.Reports;

public sealed class DecimationTests
{
    [Test]
    public void First_least_greatest_and_last_value_of_each_column_are_kept_in_order()
    {
        var (x, y) = Decimation.Apply([1, 2, 3, 4, 5, 11, 12], [5, 9, 6, 1, 4, 7, 7], end: 20, columns: 2);

        Assert.That(x, Is.EqualTo(new[] { 1, 2, 4, 5, 11, 12 }));
        Assert.That(y, Is.EqualTo(new[] { 5, 9, 1, 4, 7, 7 }));
    }

    [Test]
    public void Values_that_are_not_finite_are_left_out()
    {
        var (x, y) = Decimation.Apply([1, 2, 3, 4], [double.NaN, 2, double.PositiveInfinity, double.NaN], end: 4, columns: 1);

        Assert.That((x, y), Is.EqualTo((new[] { 2.0 }, new[] { 2.0 })));
    }

    [Test]
    public void A_spike_in_a_long_run_is_kept()
    {
        double[] steps = [.. Enumerable.Range(1, 100_000).Select(number => (double)number)];
        var values = new double[steps.Length];
        values[77_777] = 9;
        var (x, y) = Decimation.Apply(steps, values, end: 100_000, columns: 480);

        Assert.That(y.Max(), Is.EqualTo(9));
        Assert.That(x, Has.Length.LessThanOrEqualTo(4 * 480).And.Ordered);
        Assert.That((x[0], x[^1]), Is.EqualTo((1, 100_000)));
    }
}

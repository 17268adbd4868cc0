using Trpo.Results.Statistics;

namespace Trpo.Tests.Results;

public sealed class BandTests
{
    [Test]
    public void Curves_of_different_steps_meet_on_a_grid()
    {
        (int, double)[] one = [(10, 1), (30, 3), (40, 5)];
        (int, double)[] other = [(20, 7), (40, 9)];

        var band = Band.Of([one, other], points: 4);

        // At 10 the other has not begun; at 20 the first is what it was at 10.
        Assert.That(band, Is.EqualTo(new BandPoint[] { new(20, 1, 4, 7), new(30, 3, 5, 7), new(40, 5, 7, 9) }));
    }

    [Test]
    public void The_grid_ends_with_the_shortest_curve()
    {
        (int, double)[] one = [(10, 1), (100, 2)];
        (int, double)[] other = [(10, 3), (50, 4)];

        Assert.That(Band.Of([one, other], points: 2), Is.EqualTo(new BandPoint[] { new(25, 1, 2, 3), new(50, 1, 2.5, 4) }));
    }

    [Test]
    public void A_curve_without_points_leaves_nothing_to_compare() => Assert.That(Band.Of([[(1, 1.0)], []], points: 3), Is.Empty);
}

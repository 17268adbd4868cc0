using CsCheck;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Policies;

namespace Trpo.Tests.Estimation;

/// <summary>Merged statistics of two samples, compared with those of their union.</summary>
public sealed class MergedStatisticsTests
{
    private static readonly Gen<(double[] Left, double[] Right)> Samples =
        Gen.Select(Gen.Double[-100, 100].Array[1, 30], Gen.Double[-100, 100].Array[1, 30], Among(1e-150, 1e-9, 1, 1e9, 1e150), Among(0, 1, 1e6))
            .Select((left, right, scale, offset) => (Scale(left, scale, offset), Scale(right, scale, offset)));

    [Test]
    public void Merged_moments_equal_those_of_the_union() => Gen.Select(Gen.Double[-100, 100].Array[1, 30], Gen.Double[-100, 100].Array[1, 30]).Sample((left, right) =>
    {
        var (merged, whole) = (Moments.Merge(Moments.Of(left), Moments.Of(right)), Moments.Of([.. left, .. right]));

        return merged.Count == whole.Count && Close(merged.Mean, whole.Mean, 100) && Close(merged.SquaredDeviations, whole.SquaredDeviations, 1e5);
    });

    [Test]
    public void Merged_standardization_equals_that_of_the_union_at_any_scale() => Samples.Sample(samples =>
    {
        double[] whole = [.. samples.Left, .. samples.Right];
        var merged = whole.ToArray();
        Standardization.Of(whole).Apply(whole);
        Standardization.Merge(Standardization.Of(samples.Left), Standardization.Of(samples.Right)).Apply(merged);

        return whole.Zip(merged, (one, other) => Math.Abs(one - other)).Max() < 1e-6;
    });

    [Test]
    public void Values_that_are_equal_in_both_samples_become_zeros()
    {
        double[] values = [7, 7, 7];
        Standardization.Merge(Standardization.Of([7, 7]), Standardization.Of([7])).Apply(values);

        Assert.That(values, Is.All.Zero);
    }

    [Test]
    public void Values_that_differ_only_between_the_samples_are_standardized()
    {
        double[] values = [1, 1, 3, 3];
        Standardization.Merge(Standardization.Of([1, 1]), Standardization.Of([3, 3])).Apply(values);

        Assert.That(values, Is.EqualTo(new double[] { -1, -1, 1, 1 }).Within(1e-12));
    }

    [Test]
    public void An_empty_sample_changes_nothing()
    {
        var one = Standardization.Of([1, 3]);

        Assert.That(Standardization.Merge(default, one), Is.EqualTo(one));
        Assert.That(Standardization.Merge(one, default), Is.EqualTo(one));
    }

    [TestCase(0.99e-9)]
    [TestCase(-0.99e-9)]
    public void Values_that_differ_by_their_rounding_become_zeros(double difference)
    {
        double[] values = [1e-3, 1e-3 + difference, 1e-3];
        Standardization.Merge(Standardization.Of(values.AsSpan(0, 2), rounding: 1e-9), Standardization.Of(values.AsSpan(2), rounding: 1e-12)).Apply(values);

        Assert.That(values, Is.All.Zero);
    }

    [Test]
    public void The_mean_of_equal_values_is_their_value() => Gen.Select(Gen.Double, Gen.Int[1, 5_000]).Sample((value, count) =>
    {
        double[] values = [.. Enumerable.Repeat(value, count)];
        var moments = Moments.Of(values);

        return moments.Mean.Equals(value) && (!double.IsFinite(value) || (moments.SquaredDeviations == 0 && !moments.Varies(0)));
    });

    [Test]
    public void Merged_observation_statistics_normalize_like_those_of_the_union()
    {
        var (apart, together) = (new ObservationNormalizer(1, 1), new ObservationNormalizer(1, 1));
        float[] first = [1, 2, 3];
        float[] second = [6, 10];
        for (var round = 0; round < 3; round++)
        {
            apart.Advance(ObservationStatistics.Merge(Sums(apart, first), Sums(apart, second)));
            together.Advance(Sums(together, [.. first, .. second]));
        }

        var (one, other) = (new float[1], new float[1]);
        apart.Apply([4], one);
        together.Apply([4], other);
        Assert.That(one[0], Is.EqualTo(other[0]).Within(1e-6));
        Assert.That(one[0], Is.EqualTo(-0.4 / Math.Sqrt(((3.4 * 3.4) + (2.4 * 2.4) + (1.4 * 1.4) + (1.6 * 1.6) + (5.6 * 5.6)) / 5)).Within(1e-6), "of mean 4.4");
    }

    private static ObservationStatistics Sums(ObservationNormalizer normalizer, float[] values)
    {
        var statistics = normalizer.CreateStatistics();
        foreach (var value in values)
            statistics.Add([value], normalizer.Mean);
        return statistics;
    }

    private static Gen<double> Among(params double[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static double[] Scale(double[] values, double scale, double offset) => [.. values.Select(value => scale * (value + offset))];

    private static bool Close(double one, double other, double size) => Math.Abs(one - other) <= 1e-12 * size;
}

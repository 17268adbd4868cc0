using Trpo.Runtime.Randomness;

namespace Trpo.Results.Statistics;

/// <summary>Statistics of a sample.</summary>
internal static class Sample
{
    /// <summary>Computes the population standard deviation, <c>sqrt(sum (x - mean)^2 / n)</c>.</summary>
    public static double PopulationDeviation(IReadOnlyCollection<double> values) => Math.Sqrt(SquaredDeviations(values) / values.Count);

    /// <summary>Computes the sample standard deviation, <c>sqrt(sum (x - mean)^2 / (n - 1))</c>; NaN for one number.</summary>
    public static double Deviation(IReadOnlyCollection<double> values) => values.Count < 2 ? double.NaN : Math.Sqrt(SquaredDeviations(values) / (values.Count - 1));

    /// <summary>Computes the median; of an even number of values, the mean of the two in the middle. Infinite values are allowed.</summary>
    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    /// <summary>Computes the interquartile mean: the mean of the middle half, to which the values at its ends belong by parts.</summary>
    public static double InterquartileMean(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        var quarter = sorted.Length / 4.0;
        var sum = 0.0;
        for (var i = 0; i < sorted.Length; i++)
            sum += sorted[i] * Math.Max(Math.Min(i + 1, sorted.Length - quarter) - Math.Max(i, quarter), 0);
        return sum / (sorted.Length / 2.0);
    }

    /// <summary>
    /// Computes the percentile bootstrap interval of the mean (Efron 1979): the values are resampled with replacement, and the interval holds the middle share of the
    /// means of the resamples. A seed gives the same interval every time.
    /// </summary>
    public static (double Low, double High) BootstrapOfMean(IReadOnlyList<double> values, double coverage = 0.95, int draws = 10_000, ulong seed = 0)
    {
        var random = new RandomSource(seed);
        var means = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            var sum = 0.0;
            for (var i = 0; i < values.Count; i++)
                sum += values[random.NextInt(values.Count)];
            means[draw] = sum / values.Count;
        }

        Array.Sort(means);
        return (Quantile(means, (1 - coverage) / 2), Quantile(means, (1 + coverage) / 2));
    }

    // Linear interpolation between the two values around the fractional index.
    private static double Quantile(double[] sorted, double share)
    {
        var index = (sorted.Length - 1) * share;
        var below = (int)index;
        var weight = index - below;
        return weight == 0 ? sorted[below] : ((1 - weight) * sorted[below]) + (weight * sorted[below + 1]);
    }

    private static double SquaredDeviations(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }
}

using Trpo.Onnx.Randomness;

namespace Trpo.Results.Statistics;

/// <summary>What can be said of a few numbers.</summary>
internal static class Sample
{
    /// <summary>The standard deviation of the numbers themselves, <c>sqrt(sum (x - mean)^2 / n)</c>.</summary>
    public static double DeviationOfPopulation(IReadOnlyCollection<double> values) => Math.Sqrt(SquaredDeviations(values) / values.Count);

    /// <summary>The standard deviation of what the numbers were drawn from, <c>sqrt(sum (x - mean)^2 / (n - 1))</c>; NaN for one number.</summary>
    public static double Deviation(IReadOnlyCollection<double> values) => values.Count < 2 ? double.NaN : Math.Sqrt(SquaredDeviations(values) / (values.Count - 1));

    /// <summary>The number in the middle, or the mean of the two there; infinite numbers are allowed.</summary>
    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    /// <summary>
    /// The interval of percentiles of the bootstrap of the mean (Efron 1979): the numbers are drawn with replacement many times, and the interval holds
    /// the middle share of the means of what was drawn. The draws are the same every time.
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

    // Between two numbers, the one as much as the place is nearer to it.
    private static double Quantile(double[] sorted, double share)
    {
        var place = (sorted.Length - 1) * share;
        var below = (int)place;
        var weight = place - below;
        return weight == 0 ? sorted[below] : ((1 - weight) * sorted[below]) + (weight * sorted[below + 1]);
    }

    private static double SquaredDeviations(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean));
    }
}

using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>The bootstrap (Efron 1979): estimates the sampling distribution of a mean by the means of resamples drawn with replacement.</summary>
internal static class Bootstrap
{
    /// <summary>Computes the means of resamples of <paramref name="values"/>, each as large as the sample, in ascending order.</summary>
    /// <param name="values">The sample, at least one value.</param>
    /// <param name="count">The number of means.</param>
    /// <param name="random">The source of random numbers.</param>
    public static double[] Means(ReadOnlySpan<double> values, int count, RandomSource random)
    {
        // Differences from the first value are summed, so that the mean of equal values is exactly that value.
        var origin = values[0];
        var means = new double[count];
        foreach (ref var mean in means.AsSpan())
        {
            var sum = 0.0;
            for (var i = 0; i < values.Length; i++)
                sum += values[random.NextInt(values.Length)] - origin;
            mean = origin + (sum / values.Length);
        }

        Array.Sort(means);
        return means;
    }

    /// <summary>Computes a quantile, with linear interpolation between neighbours.</summary>
    /// <param name="sorted">Values in ascending order, at least one.</param>
    /// <param name="probability">The probability of the quantile, from 0 (the minimum) to 1 (the maximum).</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double probability)
    {
        var position = probability * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}

using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>How a mean varies from sample to sample, told from one sample alone (Efron 1979): by the means of samples drawn from it with replacement.</summary>
internal static class Bootstrap
{
    /// <summary>The means of samples that are as large as <paramref name="values"/> and drawn from them with replacement, in ascending order.</summary>
    /// <param name="values">The sample, at least one value.</param>
    /// <param name="count">The number of means.</param>
    /// <param name="random">What draws.</param>
    public static double[] Means(ReadOnlySpan<double> values, int count, RandomSource random)
    {
        // Sums of differences, so that the mean of values that are all alike is that value without a rounding.
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

    /// <summary>The value that a share of others is below; between two of them in proportion.</summary>
    /// <param name="sorted">Values in ascending order, at least one.</param>
    /// <param name="share">From 0, the least, to 1, the greatest.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}

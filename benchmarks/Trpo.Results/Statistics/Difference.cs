namespace Trpo.Results.Statistics;

/// <summary>How far the seeds of one study lie from the same seeds of another.</summary>
/// <param name="Mean">The mean over seeds of the one's value less the other's.</param>
/// <param name="Interval">Where that mean lies with 95 %, by a bootstrap over seeds.</param>
internal sealed record Difference(double Mean, (double Low, double High) Interval)
{
    /// <summary>Whether the interval says that there is one.</summary>
    public bool ExcludesZero => Interval.Low > 0 || Interval.High < 0;

    /// <summary>Compares seed by seed: a seed starts with the same weights and is evaluated on the same episodes in both, which is no part of the difference.</summary>
    /// <exception cref="ArgumentException">There are not as many of the one as of the other.</exception>
    public static Difference Of(IReadOnlyList<double> values, IReadOnlyList<double> others)
    {
        if (values.Count != others.Count)
            throw new ArgumentException($"{values.Count} seeds cannot be compared with {others.Count}.", nameof(others));
        double[] differences = [.. values.Zip(others, (value, other) => value - other)];
        return new Difference(differences.Average(), Sample.BootstrapOfMean(differences));
    }
}

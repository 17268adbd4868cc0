namespace Trpo.Results.Statistics;

/// <summary>The paired difference between the seeds of one study and the same seeds of another.</summary>
/// <param name="Mean">The mean over seeds of the first study's value minus the second's.</param>
/// <param name="Interval">The 95 % interval of that mean, by a bootstrap over seeds.</param>
internal sealed record Difference(double Mean, (double Low, double High) Interval)
{
    /// <summary>True if the interval excludes 0.</summary>
    public bool ExcludesZero => Interval.Low > 0 || Interval.High < 0;

    /// <summary>Compares seed by seed: both studies start a seed with the same weights and evaluate it on the same episodes, which removes that part of the variance.</summary>
    /// <exception cref="ArgumentException">The numbers of seeds differ.</exception>
    public static Difference Of(IReadOnlyList<double> values, IReadOnlyList<double> others)
    {
        if (values.Count != others.Count)
            throw new ArgumentException($"{values.Count} seeds cannot be compared with {others.Count}.", nameof(others));
        double[] differences = [.. values.Zip(others, (value, other) => value - other)];
        return new Difference(differences.Average(), Sample.BootstrapOfMean(differences));
    }
}

using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The standardization of observations for a reward model.</summary>
/// <param name="Shift">The means, <c>[d]</c>.</param>
/// <param name="Scale">The inverse standard deviations, <c>[d]</c>; 0 for a value that never changes.</param>
internal sealed record FeatureScale(double[] Shift, double[] Scale)
{
    /// <summary>Measures the observations of a log.</summary>
    public static FeatureScale Of(LoggedRows log)
    {
        var (shift, scale, values) = (new double[log.Length], new double[log.Length], new double[log.Count]);
        for (var i = 0; i < log.Length; i++)
        {
            for (var row = 0; row < log.Count; row++)
                values[row] = log.ValueOf(row, i);
            var moments = Moments.Of(values);
            shift[i] = moments.Mean;

            // A value that never changes but for rounding tells nothing.
            scale[i] = moments.Varies(1e-9 * Math.Abs(moments.Mean)) ? 1 / Math.Sqrt(moments.Variance) : 0;
        }

        return new FeatureScale(shift, scale);
    }

    /// <summary>Standardizes an observation.</summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <param name="features">Receives the constant 1 and the standardized values, <c>[1 + d]</c>.</param>
    public void Read(ReadOnlySpan<float> observation, Span<double> features)
    {
        features[0] = 1;
        for (var i = 0; i < observation.Length; i++)
            features[i + 1] = (observation[i] - Shift[i]) * Scale[i];
    }
}

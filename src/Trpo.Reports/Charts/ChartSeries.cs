namespace Trpo.Reports.Charts;

/// <summary>A curve, or marks, of a chart.</summary>
/// <param name="Name">What it is, for the legend.</param>
/// <param name="Color">One of <see cref="ChartColor"/>.</param>
/// <param name="Style">How it is drawn.</param>
/// <param name="X">The environment steps, ascending.</param>
/// <param name="Y">The values; NaN where there is none.</param>
/// <param name="Base">Where an area begins; the same number of values.</param>
internal sealed record ChartSeries(string Name, string Color, SeriesStyle Style, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double>? Base = null);

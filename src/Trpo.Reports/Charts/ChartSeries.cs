namespace Trpo.Reports.Charts;

/// <summary>A curve, an area, or marks of a chart.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="Color">One of <see cref="ChartColor"/>.</param>
/// <param name="Style">The style of drawing.</param>
/// <param name="X">The environment steps, ascending.</param>
/// <param name="Y">The values; NaN for missing ones.</param>
/// <param name="Base">The lower edge of an area, as many values; null for curves and marks.</param>
internal sealed record ChartSeries(string Name, string Color, SeriesStyle Style, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double>? Base = null);

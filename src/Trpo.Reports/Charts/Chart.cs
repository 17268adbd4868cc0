namespace Trpo.Reports.Charts;

/// <summary>A chart of a run, over its environment steps.</summary>
/// <param name="Id">The name of the chart in the page, and of its file.</param>
/// <param name="Title">The heading.</param>
/// <param name="Unit">The quantity of the vertical axis.</param>
/// <param name="Caption">The caption, which names the healthy values.</param>
/// <param name="Series">The curves and areas, from the back to the front.</param>
internal sealed record Chart(string Id, string Title, string Unit, string Caption, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>The greatest value that can be drawn: the length of the axis must be finite.</summary>
    public const double MaxValue = 1e300;

    /// <summary>Gets a value that the vertical axis includes at its lower end; NaN, the default, for none.</summary>
    public double From { get; init; } = double.NaN;

    /// <summary>Gets a value that the vertical axis includes at its upper end; NaN, the default, for none.</summary>
    public double To { get; init; } = double.NaN;

    /// <summary>Gets the value at which smaller values are drawn.</summary>
    public double Floor { get; init; } = -MaxValue;

    /// <summary>Gets the value at which greater values are drawn.</summary>
    public double Ceiling { get; init; } = MaxValue;

    /// <summary>Gets the series with at least one finite value.</summary>
    public IEnumerable<ChartSeries> DrawnSeries => Series.Where(series => series.Y.Any(double.IsFinite));
}

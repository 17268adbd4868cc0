namespace Trpo.Reports.Charts;

/// <summary>A chart of a run, over its environment steps.</summary>
/// <param name="Id">Its name in the page and the name of its file.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Unit">What its vertical axis counts.</param>
/// <param name="Caption">What is healthy, and what is not.</param>
/// <param name="Series">What is drawn, from the back to the front.</param>
internal sealed record Chart(string Id, string Title, string Unit, string Caption, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>The greatest value that can be shown: the whole axis must have a length that is a number.</summary>
    public const double Greatest = 1e300;

    /// <summary>The least value that the vertical axis shows whatever the values are; NaN leaves it to them.</summary>
    public double From { get; init; } = double.NaN;

    /// <summary>The greatest value that the vertical axis shows whatever the values are; NaN leaves it to them.</summary>
    public double To { get; init; } = double.NaN;

    /// <summary>The least value that is shown at all: those below lie at the edge.</summary>
    public double Floor { get; init; } = -Greatest;

    /// <summary>The greatest value that is shown at all: those above lie at the edge.</summary>
    public double Ceiling { get; init; } = Greatest;

    /// <summary>The series that have anything to draw.</summary>
    public IEnumerable<ChartSeries> Drawn => Series.Where(series => series.Y.Any(double.IsFinite));
}

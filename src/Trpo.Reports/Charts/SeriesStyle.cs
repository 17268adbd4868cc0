namespace Trpo.Reports.Charts;

/// <summary>How a series is drawn.</summary>
internal enum SeriesStyle
{
    /// <summary>A thin line: what varies from one iteration to the next.</summary>
    Thin,

    /// <summary>A thick line: what the reader should see first.</summary>
    Thick,

    /// <summary>A dashed line: a bound or a target.</summary>
    Dashed,

    /// <summary>A mark for each value.</summary>
    Marks,

    /// <summary>The area between the base and the values.</summary>
    Area,
}

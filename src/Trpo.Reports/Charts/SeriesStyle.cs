namespace Trpo.Reports.Charts;

/// <summary>The style in which a series is drawn.</summary>
internal enum SeriesStyle
{
    /// <summary>A thin line, for values that vary from one iteration to the next.</summary>
    Thin,

    /// <summary>A thick line, for the curve that the reader should see first.</summary>
    Thick,

    /// <summary>A dashed line, for a bound or a target.</summary>
    Dashed,

    /// <summary>A mark for each value.</summary>
    Marks,

    /// <summary>The area between the base and the values.</summary>
    Area,

    /// <summary>The area between the base and the values, through which curves can be seen.</summary>
    Band,
}

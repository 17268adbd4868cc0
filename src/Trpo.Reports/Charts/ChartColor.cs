namespace Trpo.Reports.Charts;

/// <summary>The colours of curves and areas on a light background. report.css replaces each on a dark one.</summary>
internal static class ChartColor
{
    public const string Blue = "#2F6DB3";
    public const string Orange = "#D96C06";
    public const string Green = "#23875A";
    public const string Purple = "#7A55B8";
    public const string Red = "#C4283B";

    /// <summary>The colour of the axes.</summary>
    public const string Axis = "#8B929E";

    /// <summary>The colour of the grid.</summary>
    public const string Grid = "#DFE3E9";
}

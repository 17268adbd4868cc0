namespace Trpo.Reports.Verdicts;

/// <summary>The grade of a verdict. The order of the members has no meaning.</summary>
public enum VerdictGrade
{
    /// <summary>A healthy run.</summary>
    Good,

    /// <summary>Too few measurements for a verdict.</summary>
    Unknown,

    /// <summary>An unusual measurement that is harmless on some tasks; the report calls it worth a look.</summary>
    Warning,

    /// <summary>A run that needs to be changed.</summary>
    Bad,
}

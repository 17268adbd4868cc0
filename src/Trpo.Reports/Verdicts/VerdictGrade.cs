namespace Trpo.Reports.Verdicts;

/// <summary>What a verdict says.</summary>
internal enum VerdictGrade
{
    /// <summary>Nothing is wrong.</summary>
    Good,

    /// <summary>Nothing can be said: too little has been measured.</summary>
    Unknown,

    /// <summary>Worth a look: unusual, and harmless on some tasks.</summary>
    Look,

    /// <summary>The run is ill.</summary>
    Bad,
}

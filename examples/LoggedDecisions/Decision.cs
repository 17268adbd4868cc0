using Microsoft.ML.Data;

namespace Trpo.Examples.LoggedDecisions;

/// <summary>The columns of the log that are loaded: all but the number of the visit, which says nothing of what to show.</summary>
internal sealed class Decision
{
    [LoadColumn(1)]
    public string Device { get; set; } = "";

    [LoadColumn(2)]
    public float Age { get; set; }

    [LoadColumn(3)]
    public float Hour { get; set; }

    [LoadColumn(4)]
    public string Banner { get; set; } = "";

    [LoadColumn(5)]
    public double Probability { get; set; }

    [LoadColumn(6)]
    public double Earned { get; set; }
}

using System.ComponentModel.DataAnnotations;

namespace TrpoApp._1;

/// <summary>The request: a property for each column that the policy takes, with the same name.</summary>
public sealed class Situation
{
    /// <summary>The requests per second.</summary>
    [Range(0, 1e6)]
    public required float Load { get; init; }

    /// <summary>The change of the load in the last minute.</summary>
    [Range(-1e6, 1e6)]
    public required float Trend { get; init; }

    /// <summary>The replicas that serve.</summary>
    [Range(0, 1e3)]
    public required float Replicas { get; init; }

    /// <summary>The replicas that start, and do not serve yet.</summary>
    [Range(0, 1e3)]
    public required float Starting { get; init; }
}

using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Shards;

/// <summary>The settings of a <see cref="Shard"/>.</summary>
internal sealed record ShardOptions
{
    /// <summary>The number of steps of each environment that rollouts have memory for from the start; it grows where an iteration has more.</summary>
    public required int Capacity { get; init; }

    /// <summary>The number of earlier rollouts that the policy's update reuses. 0 by default.</summary>
    public int ReusedIterations { get; init; }

    /// <summary>True to cut first episodes off at evenly spread steps, so that environments with episodes of one fixed length do not end together.</summary>
    public bool StaggerStarts { get; init; }

    /// <summary>The settings of advantage estimation.</summary>
    public required AdvantageOptions Advantages { get; init; }

    /// <summary>The share of the rows that the policy's Fisher products are computed on, above 0 and up to 1. 1 by default.</summary>
    public double FisherFraction { get; init; } = 1;

    /// <summary>Taken while environments are stepped or reset; null, the default, for no limit. It is shared by all shards.</summary>
    public SemaphoreSlim? Turns { get; init; }
}

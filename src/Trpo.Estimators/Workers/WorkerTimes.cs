namespace Trpo.Estimators.Workers;

/// <summary>
/// The times of a block of shards in one iteration, as the training sees them: from a request to its answer, the way there and back, and the wait for another worker where one was lost, included. The blocks
/// work at the same time, and each part of an iteration waits for its slowest block.
/// </summary>
public sealed record WorkerTimes
{
    /// <summary>Gets the index of the first shard of the block.</summary>
    public int FirstShard { get; init; }

    /// <summary>Gets the number of shards of the block.</summary>
    public int Shards { get; init; }

    /// <summary>Gets the number of environment steps of the block's rollout. Steps that a lost worker had made are not counted.</summary>
    public int Steps { get; init; }

    /// <summary>Gets the time of the rollout.</summary>
    public TimeSpan Rollout { get; init; }

    /// <summary>Gets the time of the estimation of advantages.</summary>
    public TimeSpan Advantages { get; init; }

    /// <summary>Gets the time of the policy's update.</summary>
    public TimeSpan PolicyUpdate { get; init; }

    /// <summary>Gets the time of the value function's fit.</summary>
    public TimeSpan ValueFit { get; init; }

    /// <summary>Gets the number of times that the block was begun anew in the iteration, because its worker was lost or the block was moved; 0 in most.</summary>
    public int BeginsAnew { get; init; }
}

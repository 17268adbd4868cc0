namespace Trpo.Estimators.Shards.Remote;

/// <summary>The times and losses of the calls of an iteration to one worker, by the part of the iteration. Used by one thread at a time.</summary>
internal sealed class CallTimes
{
    /// <summary>Gets the time of the rollout.</summary>
    public TimeSpan Rollout { get; private set; }

    /// <summary>Gets the time of the estimation of advantages.</summary>
    public TimeSpan Advantages { get; private set; }

    /// <summary>Gets the time of the policy's update.</summary>
    public TimeSpan PolicyUpdate { get; private set; }

    /// <summary>Gets the time of the value function's fit.</summary>
    public TimeSpan ValueFit { get; private set; }

    /// <summary>Gets or sets the number of times that the block was begun anew, attempts that failed not counted.</summary>
    public int BeginsAnew { get; set; }

    /// <summary>Adds the time of a call to its part; that of one that restores or saves a state belongs to none.</summary>
    /// <param name="operation">The operation that was called.</param>
    /// <param name="time">The time.</param>
    public void Add(ReadOnlySpan<byte> operation, TimeSpan time)
    {
        switch ((ShardOperation)(operation[0] & ~OperationFlags.MayFail))
        {
            case ShardOperation.Collect or ShardOperation.ResetEnvironments:
                Rollout += time;
                break;
            case ShardOperation.Estimate:
                Advantages += time;
                break;
            case ShardOperation.BeginValueFit:
                ValueFit += time;
                break;
            case >= ShardOperation.Assign and <= ShardOperation.FindNonFinite when (ProblemKind)operation[1] == ProblemKind.Policy:
                PolicyUpdate += time;
                break;
            case >= ShardOperation.Assign and <= ShardOperation.FindNonFinite:
                ValueFit += time;
                break;
        }
    }
}

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The two trust-region problems of an iteration.</summary>
internal enum ProblemKind : byte
{
    /// <summary>The update of the policy.</summary>
    Policy,

    /// <summary>The fit of the value function.</summary>
    ValueFunction,
}

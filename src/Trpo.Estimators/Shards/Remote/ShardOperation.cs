namespace Trpo.Estimators.Shards.Remote;

/// <summary>The operations that a training asks of the worker of a block of shards. The numbers are part of the protocol.</summary>
internal enum ShardOperation : byte
{
    /// <summary>Creates the block, in place of any other: a <see cref="BlockSetup"/> and a state.</summary>
    Begin = 1,

    /// <inheritdoc cref="IShard.BeginIteration"/>
    BeginIteration,

    /// <inheritdoc cref="IShard.AbandonIteration"/>
    AbandonIteration,

    /// <summary>Collects the rollout and answers with a <see cref="RolloutAnswer"/>.</summary>
    Collect,

    /// <summary>Estimates advantages and answers with an <see cref="EstimationAnswer"/>.</summary>
    Estimate,

    /// <inheritdoc cref="IShard.BeginPolicyUpdate"/>
    BeginPolicyUpdate,

    /// <inheritdoc cref="IShard.BeginValueFit"/>
    BeginValueFit,

    /// <summary>Changes the parameters of a model.</summary>
    Assign,

    /// <summary>Linearizes a problem and answers with its sums.</summary>
    Linearize,

    /// <summary>Linearizes a problem and answers with its sums and its gradient.</summary>
    LinearizeWithGradient,

    /// <summary>Answers with the sampled rows of a problem.</summary>
    TakeSample,

    /// <summary>Answers with a gradient.</summary>
    Gradient,

    /// <summary>Answers with a Fisher-vector product.</summary>
    FisherProduct,

    /// <summary>Answers with the sums at the present parameters.</summary>
    Evaluate,

    /// <summary>Answers with the description of a number that is not finite.</summary>
    FindNonFinite,

    /// <summary>Answers with the observations of the current rollout of the first shard.</summary>
    GetObservations,

    /// <summary>Restores the models, rollouts, statistics and random streams, and answers with a <see cref="RolloutAnswer"/>.</summary>
    RestoreState,

    /// <summary>Restores the environments and answers with a <see cref="RolloutAnswer"/>, which is complete if they were restored.</summary>
    RestoreEnvironments,

    /// <inheritdoc cref="IShard.ResetEnvironments"/>
    ResetEnvironments,

    /// <inheritdoc cref="IShard.Reseed"/>
    Reseed,

    /// <summary>Answers with a <see cref="RolloutAnswer"/>.</summary>
    TakeSnapshot,

    /// <summary>Disposes the block.</summary>
    End,
}

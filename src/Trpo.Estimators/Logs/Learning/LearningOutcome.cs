namespace Trpo.Estimators.Logs.Learning;

/// <summary>The reason for which learning from a log ended.</summary>
public enum LearningOutcome
{
    /// <summary>All iterations were made.</summary>
    IterationsDone,

    /// <summary>Every further step would have left less effective rows, of those of the step, than <see cref="TrpoFromLogOptions.MinEffectiveRows"/>: the log tells no more about better policies.</summary>
    EffectiveRowsReached,

    /// <summary>No further step improved the estimate.</summary>
    NoImprovement,

    /// <summary><see cref="TrpoFromLogOptions.Cancellation"/> was cancelled.</summary>
    Cancelled,
}

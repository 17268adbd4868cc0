namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// The gain of a policy over the policy that wrote the log, in reward per decision, from the differences of the terms of each row. The verdict holds on rows that
/// nothing was learned or chosen from: on the rows that a policy was trained on, it is wrong in about half of the cases in which there is no gain.
/// </summary>
public sealed record LogGain
{
    /// <summary>The gain by DR.</summary>
    public required double DoublyRobust { get; init; }

    /// <summary>The standard error of <see cref="DoublyRobust"/>.</summary>
    public required double DoublyRobustError { get; init; }

    /// <summary>The gain by SNIPS.</summary>
    public required double SelfNormalized { get; init; }

    /// <summary>The standard error of <see cref="SelfNormalized"/>.</summary>
    public required double SelfNormalizedError { get; init; }

    /// <summary>The one-sided level of the verdict, such as 0.95.</summary>
    public required double Level { get; init; }

    /// <summary>
    /// <see cref="LogVerdict.Better"/> if both gains are above 0 by more than their one-sided margin at the level, <see cref="LogVerdict.Worse"/> if both are below 0 by more than that;
    /// <see cref="LogVerdict.Undecided"/> otherwise, and if <see cref="LogEvaluation.IsTrustworthy"/> is false.
    /// </summary>
    public required LogVerdict Verdict { get; init; }
}

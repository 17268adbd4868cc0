namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// The gain of a policy over the policy that wrote the log, in reward per decision, from the differences of the terms of each row. The verdict holds on rows that
/// nothing was learned or chosen from: on the rows that a policy was trained on, it is wrong in about half of the cases in which there is no gain.
/// </summary>
/// <param name="DoublyRobust">The gain by DR.</param>
/// <param name="DoublyRobustError">The standard error of <paramref name="DoublyRobust"/>.</param>
/// <param name="SelfNormalized">The gain by SNIPS.</param>
/// <param name="SelfNormalizedError">The standard error of <paramref name="SelfNormalized"/>.</param>
/// <param name="Level">The one-sided level of the verdict, such as 0.95.</param>
/// <param name="Verdict">
/// <see cref="LogVerdict.Better"/> if both gains are above 0 by more than their one-sided margin at the level, <see cref="LogVerdict.Worse"/> if both are below 0 by more than that;
/// <see cref="LogVerdict.Undecided"/> otherwise, and if <see cref="LogEvaluation.IsTrustworthy"/> is false.
/// </param>
public sealed record LogGain(double DoublyRobust, double DoublyRobustError, double SelfNormalized, double SelfNormalizedError, double Level, LogVerdict Verdict);

namespace Trpo.Estimators.Studies;

/// <summary>The outcome of one of the runs of a study: a result, or the exception that ended the run.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <param name="Result">The result; the default of the type if the run failed or did not begin.</param>
/// <param name="Failure">The exception that ended the run; null for a run with a result. A run that did not begin before the study was cancelled has an <see cref="OperationCanceledException"/>.</param>
public sealed record StudyOutcome<T>(T? Result, Exception? Failure);

namespace Trpo.Estimators.Evaluation;

/// <summary>Where a quantity probably lies.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="Level">The share of such intervals that hold what they are about, such as 0.95.</param>
public readonly record struct ConfidenceInterval(double Low, double High, double Level);

namespace Trpo.Estimators.Evaluation;

/// <summary>A confidence interval.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="Level">The confidence level, between 0 and 1, such as 0.95.</param>
public readonly record struct ConfidenceInterval(double Low, double High, double Level);

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The doubly robust estimator with optimistic shrinkage, DRos: weights <c>lambda w / (w^2 + lambda)</c>, which minimize a bound of the squared error; a small lambda approaches
/// the direct method (Su, Dimakopoulou, Krishnamurthy and Dudík, "Doubly robust off-policy evaluation with shrinkage" (2020)).
/// </summary>
internal static class ShrunkDoublyRobust
{
    /// <summary>Computes the term of each row, whose mean is the estimate.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="lambda">The shrinkage, above 0; null for none, which is <see cref="DoublyRobust"/>.</param>
    public static double[] Terms(OffPolicyRows rows, double? lambda = null) =>
        lambda is { } scale ? DoublyRobust.Terms(rows, [.. rows.Weights.Select(weight => scale * weight / ((weight * weight) + scale))]) : DoublyRobust.Terms(rows);
}

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The switch estimator, Switch-DR: <see cref="DoublyRobust"/> where the weight is at most a threshold, the direct method elsewhere
/// (Wang, Agarwal and Dudík, "Optimal and Adaptive Off-policy Evaluation in Contextual Bandits" (2017)).
/// </summary>
internal static class SwitchDoublyRobust
{
    /// <summary>Computes the term of each row, whose mean is the estimate; <c>z = sum_a pi(a | x) q(x, a) + 1[w &lt;= threshold] w (r - q)</c>.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="threshold">The threshold, 0 or more; null for no limit, which is <see cref="DoublyRobust"/>.</param>
    public static double[] Terms(OffPolicyRows rows, double? threshold = null) =>
        threshold is { } limit ? DoublyRobust.Terms(rows, [.. rows.Weights.Select(weight => weight <= limit ? weight : 0)]) : DoublyRobust.Terms(rows);
}

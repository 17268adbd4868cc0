namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The doubly robust estimator, DR: the direct method, corrected by the weighted errors of its model, <c>z = sum_a pi(a | x) q(x, a) + w (r - q(x, a))</c>. It is unbiased if the
/// probabilities are right, whatever the model, and varies less than IPS if the model is good (Dudík, Erhan, Langford and Li, "Doubly Robust Policy Evaluation and
/// Optimization" (2014)). The model must not have seen the row.
/// </summary>
internal static class DoublyRobust
{
    /// <summary>Computes the term of each row, whose mean is the estimate.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxWeight">The weight to which larger ones are clipped; null for no limit.</param>
    public static double[] Terms(OffPolicyRows rows, double? maxWeight = null) => Terms(rows, ClippedWeights.Of(rows, maxWeight));

    /// <summary>Computes the term of each row with other weights.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">The weights of the errors, <c>[N]</c>.</param>
    public static double[] Terms(OffPolicyRows rows, ReadOnlySpan<double> weights)
    {
        var terms = new double[rows.Count];
        for (var i = 0; i < terms.Length; i++)
            terms[i] = rows.Expected[i] + (weights[i] * (rows.Rewards[i] - rows.Predicted[i]));
        return terms;
    }
}

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// Inverse propensity scoring, IPS: <c>z = w r</c>. It is unbiased where the log could have taken every action of the policy, and varies with the weights
/// (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning" (2011)).
/// </summary>
internal static class InversePropensityScoring
{
    /// <summary>Computes the term of each row, whose mean is the estimate.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxWeight">The weight to which larger ones are clipped; null for no limit.</param>
    public static double[] Terms(OffPolicyRows rows, double? maxWeight = null)
    {
        var (terms, weights) = (new double[rows.Count], ClippedWeights.Of(rows, maxWeight));
        for (var i = 0; i < terms.Length; i++)
            terms[i] = weights[i] * rows.Rewards[i];
        return terms;
    }
}

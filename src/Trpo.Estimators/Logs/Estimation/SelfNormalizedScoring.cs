using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// Self-normalized inverse propensity scoring, SNIPS: <c>v = sum w r / sum w</c>. It is invariant to a constant that is added to the rewards, and consistent
/// (Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning" (2015)).
/// </summary>
internal static class SelfNormalizedScoring
{
    /// <summary>Computes the term of each row, <c>z = v + w (r - v) / mean(w)</c>, the linearization of the ratio: its mean is the estimate, and its standard error that of the delta method.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxWeight">The weight to which larger ones are clipped; null for no limit.</param>
    /// <returns>The terms; NaN if all weights are 0.</returns>
    public static double[] Terms(OffPolicyRows rows, double? maxWeight = null)
    {
        var (terms, weights) = (new double[rows.Count], ClippedWeights.Of(rows, maxWeight));
        var sum = TensorPrimitives.Sum<double>(weights);
        var value = TensorPrimitives.Dot<double>(weights, rows.Rewards) / sum;
        for (var i = 0; i < terms.Length; i++)
            terms[i] = value + (weights[i] * (rows.Rewards[i] - value) * rows.Count / sum);
        return terms;
    }
}

using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The self-normalized doubly robust estimator, SNDR: the direct method plus <c>s = sum w (r - q) / sum w</c>, the correction of <see cref="DoublyRobust"/> normalized
/// as in <see cref="SelfNormalizedScoring"/> (Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning" (2015)).
/// </summary>
internal static class SelfNormalizedDoublyRobust
{
    /// <summary>Computes the term of each row, whose mean is the estimate; <c>z = sum_a pi(a | x) q(x, a) + s + w (r - q - s) / mean(w)</c>.</summary>
    /// <returns>The terms; NaN if all weights are 0.</returns>
    public static double[] Terms(OffPolicyRows rows)
    {
        var terms = new double[rows.Count];
        TensorPrimitives.Subtract<double>(rows.Rewards, rows.Predicted, terms);
        var sum = TensorPrimitives.Sum<double>(rows.Weights);
        var correction = TensorPrimitives.Dot<double>(rows.Weights, terms) / sum;
        for (var i = 0; i < terms.Length; i++)
            terms[i] = rows.Expected[i] + correction + (rows.Weights[i] * (terms[i] - correction) * rows.Count / sum);
        return terms;
    }
}

using System.Numerics.Tensors;

namespace Trpo.Estimators.Estimation;

/// <summary>
/// Weights of actions that an earlier policy took (Queeney, Paschalidis and Cassandras, "Generalized proximal policy optimization with sample reuse" (2021)). They
/// correct for the actions; that the states are those an earlier policy visited is not corrected.
/// </summary>
internal static class ImportanceWeights
{
    /// <summary>The largest weight; truncation bounds the variance (Ionides, "Truncated importance sampling" (2008)).</summary>
    public const double Max = 3;

    /// <summary>Computes <c>w = min(pi(a|s) / pi_behaviour(a|s), 3)</c> from log-probabilities.</summary>
    /// <param name="current">The log-probabilities under the present policy, <c>[N]</c>.</param>
    /// <param name="behaviour">The log-probabilities under the behaviour policy, <c>[N]</c>.</param>
    /// <param name="weights">Receives the weights, <c>[N]</c>.</param>
    public static void Compute(ReadOnlySpan<double> current, ReadOnlySpan<double> behaviour, Span<double> weights)
    {
        for (var row = 0; row < weights.Length; row++)
            weights[row] = Math.Min(Math.Exp(current[row] - behaviour[row]), Max);
    }

    /// <summary>Computes the trace coefficients <c>c = min(w, 1)</c> of V-trace (Espeholt et al., "IMPALA" (2018), section 4.1).</summary>
    /// <param name="weights">The weights, <c>[N]</c>.</param>
    /// <param name="traces">Receives the coefficients, <c>[N]</c>.</param>
    public static void TraceCoefficients(ReadOnlySpan<double> weights, Span<double> traces) => TensorPrimitives.Min(weights, 1, traces);
}

using System.Numerics.Tensors;

namespace Trpo.Estimators.Estimation;

/// <summary>
/// A bonus on the reward of each action, <c>-log pi(a|s)</c>: rare actions gain most. The gradient of its expectation is the gradient of the policy's entropy (Williams and Peng,
/// "Function optimization using connectionist reinforcement learning algorithms" (1991)). The entropy itself would be the same bonus for all actions of a state.
/// </summary>
internal static class EntropyBonus
{
    /// <summary>Computes <c>-coefficient (log pi(a|s) + origin)</c>.</summary>
    /// <param name="logProbabilities">The log-probabilities of the actions, in nats, <c>[N]</c>.</param>
    /// <param name="coefficient">The reward of one nat.</param>
    /// <param name="origin">The entropy that is no bonus, in nats.</param>
    /// <returns>The bonuses, <c>[N]</c>; empty, for none, where the coefficient is 0.</returns>
    public static double[] Compute(ReadOnlySpan<double> logProbabilities, double coefficient, double origin)
    {
        if (coefficient == 0)
            return [];
        var bonuses = new double[logProbabilities.Length];
        TensorPrimitives.Multiply(logProbabilities, -coefficient, bonuses);
        if (origin != 0)
            TensorPrimitives.Subtract(bonuses, coefficient * origin, bonuses);
        return bonuses;
    }
}

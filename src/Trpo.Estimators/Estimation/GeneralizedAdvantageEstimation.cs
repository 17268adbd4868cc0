namespace Trpo.Estimators.Estimation;

/// <summary>
/// Advantages as exponentially weighted sums of temporal-difference residuals: Schulman, Moritz, Levine, Jordan and Abbeel,
/// "High-dimensional continuous control using generalized advantage estimation" (2016), equations 11 to 16.
/// </summary>
public static class GeneralizedAdvantageEstimation
{
    /// <summary>
    /// Computes <c>A[t] = d[t] + discount lambda (1 - ended[t]) A[t + 1]</c> with the residuals
    /// <c>d[t] = r[t] + discount (1 - terminated[t]) V'[t] - V[t]</c>, for consecutive steps of one environment. All spans have the same length <c>[T]</c>.
    /// </summary>
    /// <param name="rewards">The reward of each step.</param>
    /// <param name="values">The value of the observation that each step acted on, <c>V[t]</c>.</param>
    /// <param name="nextValues">
    /// The value of the observation that each step led to, <c>V'[t]</c>: the next step's within an episode; that of the episode's
    /// <em>final</em> observation, not of the one after the reset, where it was truncated; that of the observation after the last step
    /// where the steps end first. Unused where <paramref name="terminated"/>.
    /// </param>
    /// <param name="terminated">True where the step ended the episode in a terminal state, which is worth nothing.</param>
    /// <param name="ended">True where the episode ended at the step: the next step belongs to another episode.</param>
    /// <param name="discount">The discount, from 0 to 1.</param>
    /// <param name="lambda">The weight of later residuals, from 0 (one-step) to 1 (Monte Carlo).</param>
    /// <param name="advantages">Receives the advantages.</param>
    /// <param name="traces">
    /// The share to which each step, and what followed it, counts for the steps before it, from 0 to 1 (not checked):
    /// <c>A[t] = d[t] + discount lambda (1 - ended[t]) traces[t + 1] A[t + 1]</c>. For steps of an earlier policy, <c>min(1, pi(a|s) / pi_then(a|s))</c> of their
    /// actions (Espeholt et al., "IMPALA" (2018), section 4.1). Empty, the default, for 1.
    /// </param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Compute(
        ReadOnlySpan<double> rewards,
        ReadOnlySpan<double> values,
        ReadOnlySpan<double> nextValues,
        ReadOnlySpan<bool> terminated,
        ReadOnlySpan<bool> ended,
        double discount,
        double lambda,
        Span<double> advantages,
        ReadOnlySpan<double> traces = default)
    {
        var steps = rewards.Length;
        if (values.Length != steps || nextValues.Length != steps || terminated.Length != steps || ended.Length != steps || advantages.Length != steps)
            throw new ArgumentException($"All spans must have the length of the rewards, {steps}.", nameof(rewards));

        if (!traces.IsEmpty && traces.Length != steps)
            throw new ArgumentException($"The traces must have the length of the rewards, {steps}, or none.", nameof(traces));

        var next = 0.0;
        for (var t = steps - 1; t >= 0; t--)
        {
            var bootstrap = terminated[t] ? 0 : nextValues[t];
            var residual = rewards[t] + (discount * bootstrap) - values[t];
            next = ended[t] ? residual : residual + (discount * lambda * next);
            advantages[t] = next;
            next *= traces.IsEmpty ? 1 : traces[t];
        }
    }
}

namespace Trpo.Estimators.Optimization;

/// <summary>
/// What a policy update improves: the expected advantage under the new policy, estimated from actions of the old one
/// (Schulman et al., "Trust region policy optimization" (2015), equation 14).
/// </summary>
public static class SurrogateObjective
{
    /// <summary>The ratio of the probabilities, <c>pi(a|s) / pi_old(a|s) = exp(log pi - log pi_old)</c>, <c>[N]</c>.</summary>
    /// <param name="logProbability"><c>log pi(a|s)</c>, <c>[N]</c>.</param>
    /// <param name="oldLogProbability"><c>log pi_old(a|s)</c>, <c>[N]</c>, detached.</param>
    public static Tensor Ratio(Tensor logProbability, Tensor oldLogProbability)
    {
        ArgumentNullException.ThrowIfNull(logProbability);
        return (logProbability - oldLogProbability).exp();
    }

    /// <summary><c>L = mean(ratio A)</c>, a scalar.</summary>
    /// <param name="ratio">The ratios of <see cref="Ratio"/>, <c>[N]</c>.</param>
    /// <param name="advantages">The advantages <c>A</c>, <c>[N]</c>.</param>
    public static Tensor Value(Tensor ratio, Tensor advantages)
    {
        ArgumentNullException.ThrowIfNull(ratio);
        return (ratio * advantages).mean();
    }
}

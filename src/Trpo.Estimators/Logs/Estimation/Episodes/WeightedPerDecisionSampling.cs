namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// Weighted per-decision importance sampling, WPDIS: the discounted sum of the weighted mean reward of each step, <c>sum_i w_it r_it / sum_i w_it</c>. It is consistent, and varies less than
/// <see cref="PerDecisionSampling"/> (Precup, Sutton and Singh (2000); in this form, CWPDIS, Thomas, "Safe Reinforcement Learning" (2015)).
/// </summary>
internal static class WeightedPerDecisionSampling
{
    /// <summary>Computes the term of each episode, <c>[E]</c>, whose mean is the estimate.</summary>
    /// <returns>The terms; NaN if all weights are 0.</returns>
    public static double[] Terms(OffPolicyEpisodes episodes) => StepMeans.Terms(episodes, episodes.Rewards);
}

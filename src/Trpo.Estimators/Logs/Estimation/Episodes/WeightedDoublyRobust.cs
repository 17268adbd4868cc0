using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// The weighted doubly robust estimator, WDR: the value that the model expects at the first step, corrected by the weighted means of the model's errors at each step,
/// <c>mean(V(x_0)) + sum_t discount^t sum_i w_it (r_it + discount V(x_i,t+1) - Q(x_it, a_it)) / sum_i w_it</c> (Thomas and Brunskill, "Data-Efficient Off-Policy Policy Evaluation for Reinforcement
/// Learning" (2016), section 5). It is consistent if the probabilities are right, whatever the model, which must not have seen the episode.
/// </summary>
internal static class WeightedDoublyRobust
{
    /// <summary>Computes the term of each episode, <c>[E]</c>, whose mean is the estimate.</summary>
    /// <returns>The terms; NaN if all weights are 0.</returns>
    public static double[] Terms(OffPolicyEpisodes episodes)
    {
        var errors = episodes.Targets();
        TensorPrimitives.Subtract<double>(errors, episodes.Predicted, errors);
        var terms = StepMeans.Terms(episodes, errors);
        TensorPrimitives.Add<double>(terms, ModelTerms(episodes), terms);
        return terms;
    }

    /// <summary>Returns the value that the model expects of each episode at its first step, <c>[E]</c>: the terms of the direct method.</summary>
    public static double[] ModelTerms(OffPolicyEpisodes episodes) => episodes.PerEpisode(rows => episodes.Expected[rows[0]]);
}

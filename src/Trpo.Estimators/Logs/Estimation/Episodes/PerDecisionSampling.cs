namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// Per-decision importance sampling, PDIS: <c>z = sum_t discount^t w_t r_t</c>, with the product <c>w_t</c> of the weights up to step t. It is unbiased where the log could have taken every action of the
/// policy, and varies more with every step (Precup, Sutton and Singh, "Eligibility Traces for Off-Policy Policy Evaluation" (2000)).
/// </summary>
internal static class PerDecisionSampling
{
    /// <summary>Computes the term of each episode, <c>[E]</c>, whose mean is the estimate.</summary>
    public static double[] Terms(OffPolicyEpisodes episodes) => episodes.PerEpisode(rows =>
    {
        var (sum, discount) = (0.0, 1.0);
        foreach (var row in rows)
        {
            // A reward of 0 adds nothing, though its weight be infinite.
            if (episodes.Rewards[row] != 0)
                sum += discount * Math.Exp(episodes.LogWeights[row]) * episodes.Rewards[row];
            discount *= episodes.Discount;
        }

        return sum;
    });
}

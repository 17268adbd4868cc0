namespace Trpo.Estimators.Logs.Learning;

/// <summary>
/// The estimate of a policy's worth that learning from a log maximizes: the mean over the rows of <c>sum_a pi(a | x) G(a)</c>, with the reward r, the logged action b, its probability p and a model q of the
/// rewards.
/// </summary>
public enum LearningEstimator
{
    /// <summary><c>G(a) = q(x, a) + 1[a = b] (r - q(x, b)) / max(p, m)</c>: the doubly robust estimate (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning" (2011)), where 1 / m is <see cref="TrpoFromLogOptions.MaxInverseProbability"/>.</summary>
    DR,

    /// <summary><c>G(a) = 1[a = b] (r - v) / p</c>, with the policy's self-normalized estimate v before each step (Swaminathan and Joachims, "The Self-Normalized Estimator for Counterfactual Learning" (2015)). It needs no model.</summary>
    SNIPS,

    /// <summary><c>G(a) = 1[a = b] r / p</c>: inverse propensity scoring. It depends on the point from which rewards are counted.</summary>
    IPS,
}

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// An estimator of the worth of a policy from a log. <c>w</c> is the importance weight, <c>r</c> the reward, <c>q</c> the model of the rewards. In episodes, <c>w_t</c> is the product of the weights up to
/// step t, <c>g</c> the discount, <c>Q</c> and <c>V</c> the model of the values.
/// </summary>
public enum OffPolicyEstimator
{
    /// <summary>The direct method: the mean reward that the model expects of the policy. As wrong as the model (Dudík, Langford and Li (2011)). For episodes, the mean of <c>V</c> at the first step.</summary>
    DM,

    /// <summary>Inverse propensity scoring, <c>mean(w r)</c>: unbiased, and of high variance (Dudík, Langford and Li (2011)).</summary>
    IPS,

    /// <summary>Self-normalized inverse propensity scoring, <c>sum(w r) / sum(w)</c>: needs no model (Swaminathan and Joachims (2015)).</summary>
    SNIPS,

    /// <summary>The doubly robust estimator, <c>mean(DM + w (r - q))</c>: unbiased if the probabilities are right, whatever the model (Dudík, Erhan, Langford and Li (2014)).</summary>
    DR,

    /// <summary>The self-normalized doubly robust estimator.</summary>
    SNDR,

    /// <summary>DR where the weight is at most <see cref="LogEvaluationOptions.SwitchThreshold"/>, DM elsewhere (Wang, Agarwal and Dudík (2017)).</summary>
    SwitchDR,

    /// <summary>DR with weights that <see cref="LogEvaluationOptions.Shrinkage"/> shrinks (Su, Dimakopoulou, Krishnamurthy and Dudík (2020)).</summary>
    DRos,

    /// <summary>For episodes: per-decision importance sampling, <c>mean(sum_t g^t w_t r_t)</c>: unbiased, and of a variance that grows with every step (Precup, Sutton and Singh (2000)). IPS in episodes of one row.</summary>
    PDIS,

    /// <summary>For episodes: weighted per-decision importance sampling, <c>sum_t g^t sum(w_t r_t) / sum(w_t)</c>: needs no model (Thomas (2015)). SNIPS in episodes of one row.</summary>
    WPDIS,

    /// <summary>
    /// For episodes: the weighted doubly robust estimator, <c>mean(V_0) + sum_t g^t sum(w_t (r_t + g V_(t+1) - Q_t)) / sum(w_t)</c> (Thomas and Brunskill (2016)). SNDR in episodes of one row.
    /// </summary>
    WDR,
}

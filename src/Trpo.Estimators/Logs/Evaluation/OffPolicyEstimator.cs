namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>An estimator of the worth of a policy from a log. <c>w</c> is the importance weight, <c>r</c> the reward, <c>q</c> the model of the rewards.</summary>
public enum OffPolicyEstimator
{
    /// <summary>The direct method: the mean reward that the model expects of the policy. As wrong as the model (Dudík, Langford and Li (2011)).</summary>
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
}

namespace Trpo.Estimators.Optimization;

/// <summary>How a trust-region step ended. All but <see cref="Accepted"/> leave the parameters bit for bit as they were.</summary>
public enum TrustRegionOutcome
{
    /// <summary>A step was taken; with <see cref="TrustRegionOptimizer"/> one that improves the surrogate within the trust region.</summary>
    Accepted,

    /// <summary>No trial of the line search improved the surrogate by enough.</summary>
    NoImprovement,

    /// <summary>Trials of the line search improved the surrogate by enough, but left the trust region.</summary>
    KlExceeded,

    /// <summary>The surrogate, a curvature, or every trial of the line search was infinite or not a number.</summary>
    NonFinite,

    /// <summary>The gradient of the surrogate is zero: there is nowhere to go.</summary>
    ZeroGradient,

    /// <summary>An element of the gradient is infinite or not a number.</summary>
    NonFiniteGradient,

    /// <summary>The KL divergence does not curve upwards along the gradient.</summary>
    NotPositiveDefinite,
}

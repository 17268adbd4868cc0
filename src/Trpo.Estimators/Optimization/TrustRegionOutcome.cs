namespace Trpo.Estimators.Optimization;

/// <summary>The outcome of a trust-region step. All but <see cref="Accepted"/> restore the parameters bit for bit.</summary>
public enum TrustRegionOutcome
{
    /// <summary>A step was taken. A step of <see cref="TrustRegionOptimizer"/> improves the surrogate within the trust region.</summary>
    Accepted,

    /// <summary>No trial of the line search improved the surrogate by enough.</summary>
    NoImprovement,

    /// <summary>Trials of the line search improved the surrogate by enough, but left the trust region.</summary>
    KlExceeded,

    /// <summary>The surrogate, a curvature, or every trial of the line search was infinite or not a number.</summary>
    NonFinite,

    /// <summary>The gradient of the surrogate is zero: no direction improves it.</summary>
    ZeroGradient,

    /// <summary>An element of the gradient is infinite or not a number.</summary>
    NonFiniteGradient,

    /// <summary>The KL divergence has no positive curvature along the gradient.</summary>
    NotPositiveDefinite,
}

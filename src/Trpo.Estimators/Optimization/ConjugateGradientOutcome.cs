namespace Trpo.Estimators.Optimization;

/// <summary>The reason that conjugate gradients stopped.</summary>
public enum ConjugateGradientOutcome
{
    /// <summary>The residual fell below the tolerance.</summary>
    Converged,

    /// <summary>All steps were made.</summary>
    StepLimit,

    /// <summary>A direction had no positive curvature: the matrix is singular or indefinite.</summary>
    NotPositiveDefinite,

    /// <summary>A product was not finite.</summary>
    NonFinite,
}

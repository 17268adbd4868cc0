namespace Trpo.Estimators.Optimization;

/// <summary>What a trust-region step did. Where nothing was accepted, the numbers are those of having done nothing.</summary>
public sealed record TrustRegionStep
{
    /// <summary>How the step ended.</summary>
    public required TrustRegionOutcome Outcome { get; init; }

    /// <summary>The share of the full step that was taken: 1 without backtracking, 0 where nothing was accepted.</summary>
    public double StepFraction { get; init; }

    /// <summary>The mean KL(old || new) of the step that was taken, in nats; with <see cref="TrustRegionOptimizer"/> at most the radius of the trust region.</summary>
    public double MeanKl { get; init; }

    /// <summary>By how much the surrogate improved.</summary>
    public double Improvement { get; init; }

    /// <summary>By how much the gradient promised the step that was taken would improve the surrogate.</summary>
    public double ExpectedImprovement { get; init; }

    /// <summary>The Euclidean norm of the surrogate's gradient.</summary>
    public double GradientNorm { get; init; }

    /// <summary>What conjugate gradients reached; null where they were not needed.</summary>
    public ConjugateGradientResult? ConjugateGradient { get; init; }

    /// <summary>The number of step lengths that were tried.</summary>
    public int Trials { get; init; }

    /// <summary>The parameter whose gradient is not finite, where that is the outcome.</summary>
    public string? Offender { get; init; }
}

namespace Trpo.Estimators.Optimization;

/// <summary>The result of a trust-region step. If no step was accepted, the numbers are those of no change.</summary>
public sealed record TrustRegionStep
{
    /// <summary>The outcome.</summary>
    public required TrustRegionOutcome Outcome { get; init; }

    /// <summary>The accepted share of the full step: 1 without backtracking, 0 if no step was accepted.</summary>
    public double StepFraction { get; init; }

    /// <summary>The mean KL(old || new) of the step that was taken, in nats; with <see cref="TrustRegionOptimizer"/> at most the radius of the trust region.</summary>
    public double MeanKl { get; init; }

    /// <summary>The improvement of the surrogate.</summary>
    public double Improvement { get; init; }

    /// <summary>The improvement that the gradient predicts for the accepted step, <c>g.d</c>.</summary>
    public double ExpectedImprovement { get; init; }

    /// <summary>The Euclidean norm of the surrogate's gradient.</summary>
    public double GradientNorm { get; init; }

    /// <summary>The result of conjugate gradients; null where they did not run.</summary>
    public ConjugateGradientResult? ConjugateGradient { get; init; }

    /// <summary>The number of step lengths that the line search tried.</summary>
    public int Trials { get; init; }

    /// <summary>The name of the parameter whose gradient is not finite; null for other outcomes.</summary>
    public string? Offender { get; init; }
}

using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Optimization;

/// <summary>The settings of a trust-region step.</summary>
public sealed record TrustRegionOptions
{
    /// <summary>The radius of the trust region: the maximum mean KL(old || new), in nats, of an accepted step. Positive; 0.01 by default. Float32 resolves divergences down to about 1e-8.</summary>
    public double MaxKl { get; init; } = 0.01;

    /// <summary>The multiple of the identity added to the Fisher matrix. 0 or more; 0.1 by default.</summary>
    public double Damping { get; init; } = 0.1;

    /// <summary>The maximum number of conjugate-gradient iterations. At least 1; 10 by default.</summary>
    public int ConjugateGradientSteps { get; init; } = 10;

    /// <summary>
    /// The squared residual, relative to the squared gradient, at which conjugate gradients stop early. From 0 to 1; 0.001 by default.
    /// </summary>
    public double ConjugateGradientTolerance { get; init; } = 1e-3;

    /// <summary>The number of step lengths that the line search tries. At least 1; 10 by default.</summary>
    public int MaxBacktracks { get; init; } = 10;

    /// <summary>The ratio of one step length to the one before it. Between 0 and 1; 0.5 by default.</summary>
    public double BacktrackFactor { get; init; } = 0.5;

    /// <summary>The minimum share of the expected improvement that a step must bring. From 0 to 1; 0.1 by default.</summary>
    public double AcceptRatio { get; init; } = 0.1;

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        Check.Positive(MaxKl);
        Check.NotNegative(Damping);
        Check.AtLeast(ConjugateGradientSteps, 1);
        Check.Between(ConjugateGradientTolerance, 0, 1);
        Check.AtLeast(MaxBacktracks, 1);
        Check.StrictlyBetween(BacktrackFactor, 0, 1);
        Check.Between(AcceptRatio, 0, 1);
    }
}

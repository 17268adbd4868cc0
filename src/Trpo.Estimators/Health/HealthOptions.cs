using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Health;

/// <summary>
/// When training is ill, and what is done about it: it stops with a diagnosis, or goes back to where it was well and takes smaller steps. Numbers that are not finite, from an
/// environment or in an update, are always an illness.
/// </summary>
public sealed record HealthOptions
{
    /// <summary>
    /// The number of policy updates in a row that may be rejected (see <see cref="Optimization.TrustRegionOutcome"/>; a gradient of zero is no rejection), if the last twenty episodes are no better than
    /// those of the first ten iterations; where they are better, it is worth a warning. At least 1; 50 by default. Null for any number.
    /// </summary>
    public int? MaxRejectedUpdates { get; init; } = 50;

    /// <summary>
    /// The share of its first spread below which the policy has collapsed, if the last twenty episodes are no better than those of the first ten iterations: of the entropy where actions are choices, of the
    /// standard deviation (the geometric mean over the dimensions) where they are continuous. From 0, for never, to 1; 0.01 by default. It must last for ten iterations.
    /// </summary>
    public double EntropyCollapse { get; init; } = 0.01;

    /// <summary>
    /// How often training goes back, instead of stopping, to the last state in which it was well (one is remembered every ten iterations): with a smaller trust region, fresh episodes and
    /// other random numbers. From 0 to 100; 0 by default.
    /// </summary>
    public int MaxRecoveries { get; init; }

    /// <summary>What the radius of the trust region is multiplied by each time (an optimizer of your own has its own). Above 0, up to 1; 0.5 by default.</summary>
    public double RecoveryFactor { get; init; } = 0.5;

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        if (MaxRejectedUpdates is { } maxRejectedUpdates)
            Check.AtLeast(maxRejectedUpdates, 1, nameof(MaxRejectedUpdates));
        Check.Between(EntropyCollapse, 0, 1);
        Check.Between(MaxRecoveries, 0, 100);
        Check.Fraction(RecoveryFactor);
    }
}

using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Health;

/// <summary>
/// The conditions under which training has diverged, and the response: training stops with a diagnosis, or rolls back to a healthy state and continues with a smaller trust region.
/// Numbers that are not finite, from an environment or in an update, always count as divergence.
/// </summary>
public sealed record HealthOptions
{
    /// <summary>
    /// Gets the number of rejected policy updates in a row at which training has diverged (see <see cref="Optimization.TrustRegionOutcome"/>; a gradient of zero is no rejection), unless the returns of the
    /// last twenty episodes exceed those of the first ten iterations; in that case the number only causes a warning. At least 1; 50 by default. Null for no limit.
    /// </summary>
    public int? MaxRejectedUpdates { get; init; } = 50;

    /// <summary>
    /// Gets the share of the first entropy below which the policy has collapsed, if that lasts for ten iterations and the returns of the last twenty episodes do not exceed those of the first ten iterations.
    /// Where actions are continuous, it is the share of the first standard deviation (the geometric mean over the dimensions). From 0, for never, to 1; 0.01 by default.
    /// </summary>
    public double EntropyCollapse { get; init; } = 0.01;

    /// <summary>
    /// Gets the number of times that a diverged training rolls back to the last healthy state, instead of stopping. A healthy state is kept every ten iterations; training continues from it with a smaller
    /// trust region, new episodes and other random numbers. From 0 to 100; 0 by default.
    /// </summary>
    public int MaxRollbacks { get; init; }

    /// <summary>Gets the factor of the trust region's radius at each rollback (an optimizer of your own has its own radius). Above 0, up to 1; 0.5 by default.</summary>
    public double RollbackMaxKlFactor { get; init; } = 0.5;

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        if (MaxRejectedUpdates is { } maxRejectedUpdates)
            Check.AtLeast(maxRejectedUpdates, 1, nameof(MaxRejectedUpdates));
        Check.Between(EntropyCollapse, 0, 1);
        Check.Between(MaxRollbacks, 0, 100);
        Check.Fraction(RollbackMaxKlFactor);
    }
}

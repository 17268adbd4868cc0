using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Shards;

/// <summary>The sums of <see cref="IShard.Estimate"/>.</summary>
/// <param name="Advantages">The shift and scale of the advantages of all rows, those of earlier rollouts included.</param>
/// <param name="Residuals">The moments of <c>target - value</c> over the current rollout.</param>
/// <param name="Targets">The moments of the value targets of the current rollout.</param>
internal readonly record struct EstimationSums(Standardization Advantages, Moments Residuals, Moments Targets)
{
    /// <summary>The bound of the rounding error of an advantage or target.</summary>
    public double Rounding => Advantages.Rounding;

    /// <summary>Merges the sums of two groups of rows.</summary>
    public static EstimationSums Merge(EstimationSums left, EstimationSums right) => new(
        Standardization.Merge(left.Advantages, right.Advantages),
        Moments.Merge(left.Residuals, right.Residuals),
        Moments.Merge(left.Targets, right.Targets));
}

using System.Numerics.Tensors;
using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The shift and scale of the rewards of a log: learning sees the same numbers whatever the unit of the rewards and the point from which they are counted.</summary>
/// <param name="Shift">The reward that becomes 0.</param>
/// <param name="Scale">The standard deviation of the rewards; 0 if all are equal up to rounding.</param>
internal readonly record struct RewardScale(double Shift, double Scale)
{
    // Rewards that differ by less, relative to their mean, differ by rounding.
    private const double Rounding = 1e-12;

    /// <summary>Measures rewards.</summary>
    /// <param name="rewards">The rewards.</param>
    /// <param name="keepsOrigin">True if a reward of 0 stays 0.</param>
    public static RewardScale Of(ReadOnlySpan<double> rewards, bool keepsOrigin)
    {
        var standard = Standardization.Of(rewards);
        var isConstant = standard.MaxDeviation <= Rounding * Math.Abs(standard.Mean);
        return new RewardScale(keepsOrigin ? 0 : standard.Mean, isConstant ? 0 : standard.MaxDeviation * Math.Sqrt(standard.SquaredShares / standard.Count));
    }

    /// <summary>Standardizes rewards in place.</summary>
    public void Apply(Span<double> rewards)
    {
        TensorPrimitives.Subtract(rewards, Shift, rewards);
        TensorPrimitives.Divide(rewards, Scale, rewards);

        // In single precision, rewards in another unit become the same numbers, where double precision would keep the rounding of the unit.
        foreach (ref var reward in rewards)
            reward = (float)reward;
    }

    /// <summary>Returns a standardized value in the units of the rewards.</summary>
    public double Restore(double value) => (value * Scale) + Shift;
}

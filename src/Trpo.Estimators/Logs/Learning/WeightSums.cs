namespace Trpo.Estimators.Logs.Learning;

/// <summary>Sums over rows of the importance weights <c>w = pi(b | x) / p</c> of a policy and the rewards r.</summary>
/// <param name="Count">The number of rows.</param>
/// <param name="Weights"><c>sum w</c>.</param>
/// <param name="Squares"><c>sum w^2</c>.</param>
/// <param name="Rewards"><c>sum w r</c>.</param>
internal readonly record struct WeightSums(long Count, double Weights, double Squares, double Rewards)
{
    /// <summary>The effective sample size, <c>(sum w)^2 / sum w^2</c>; 0 if all weights are 0.</summary>
    public double EffectiveRows => Squares > 0 ? Weights / Squares * Weights : 0;

    /// <summary>The self-normalized estimate, <c>sum w r / sum w</c>; 0 if all weights are 0.</summary>
    public double SelfNormalized => Weights > 0 ? Rewards / Weights : 0;

    /// <summary>Adds a row.</summary>
    public WeightSums With(double weight, double reward) => new(Count + 1, Weights + weight, Squares + (weight * weight), Rewards + (weight * reward));

    /// <summary>Adds two sums.</summary>
    public static WeightSums Add(WeightSums left, WeightSums right) =>
        new(left.Count + right.Count, left.Weights + right.Weights, left.Squares + right.Squares, left.Rewards + right.Rewards);
}

using System.Numerics.Tensors;

namespace Trpo.Estimators.Baselines;

/// <summary>Sums over value targets, which add up over groups of rows.</summary>
/// <param name="Count">The number of targets.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
internal readonly record struct TargetSums(long Count, double Sum, double SumOfSquares)
{
    /// <summary>Sums targets up.</summary>
    public static TargetSums Of(ReadOnlySpan<double> targets) => new(targets.Length, TensorPrimitives.Sum(targets), TensorPrimitives.SumOfSquares(targets));

    /// <summary>Adds two sums.</summary>
    public static TargetSums Add(TargetSums left, TargetSums right) => new(left.Count + right.Count, left.Sum + right.Sum, left.SumOfSquares + right.SumOfSquares);
}

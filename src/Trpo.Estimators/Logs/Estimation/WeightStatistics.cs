using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>Statistics of importance weights, which tell how many rows an estimate rests on.</summary>
/// <param name="EffectiveSampleSize"><c>(sum w)^2 / sum w^2</c> (Kish): the number of equally weighted rows that tell as much; 0 if all weights are 0.</param>
/// <param name="RewardedMatches">The effective sample size of the rows alone whose reward is not the commonest one of the log.</param>
/// <param name="MaxWeight">The largest weight.</param>
/// <param name="Mean">The mean weight with its standard error; 1 in expectation if the probabilities are right and the log could have taken every action of the policy.</param>
internal sealed record WeightStatistics(double EffectiveSampleSize, double RewardedMatches, double MaxWeight, MeanOfTerms Mean)
{
    /// <summary>Computes the statistics of rows.</summary>
    public static WeightStatistics Of(OffPolicyRows rows)
    {
        // With rare rewards, an estimate rests on the few rows that have one; where most rows have one, on those that have none.
        var commonest = rows.Rewards.CountBy(reward => reward).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).First().Key;
        return new WeightStatistics(
            EffectiveSize(rows.Weights),
            EffectiveSize([.. rows.Weights.Where((_, i) => rows.Rewards[i] != commonest)]),
            TensorPrimitives.Max<double>(rows.Weights),
            MeanOfTerms.Of(rows.Weights));
    }

    /// <summary>Computes <c>(sum w)^2 / sum w^2</c>; 0 if all weights are 0.</summary>
    public static double EffectiveSize(ReadOnlySpan<double> weights)
    {
        // The size does not depend on a scale, but the squares of large weights are infinite.
        var max = weights.IsEmpty ? 0 : TensorPrimitives.Max(weights);
        if (max == 0)
            return 0;

        // Beside infinite weights, finite ones are nothing.
        if (double.IsPositiveInfinity(max))
            return weights.Count(max);
        var scaled = new double[weights.Length];
        TensorPrimitives.Divide(weights, max, scaled);
        var sum = TensorPrimitives.Sum<double>(scaled);
        return sum * sum / TensorPrimitives.SumOfSquares<double>(scaled);
    }
}

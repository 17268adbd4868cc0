namespace Trpo.Estimators.Logs.Learning;

/// <summary>Sums over rows of the terms of an estimate of a policy's value.</summary>
/// <param name="Weights">The sums of the weights.</param>
/// <param name="Terms">The sum of the terms <c>z = sum_a pi(a | x) G(a)</c>, whose mean is the estimate by DR or IPS.</param>
/// <param name="SquaredTerms"><c>sum z^2</c>.</param>
/// <param name="SquareRewards"><c>sum w^2 r</c>.</param>
/// <param name="SquareSquares"><c>sum w^2 r^2</c>.</param>
/// <param name="LogLikelihood"><c>sum log pi(b | x)</c> of the logged actions b.</param>
internal readonly record struct LogMeasure(WeightSums Weights, double Terms, double SquaredTerms, double SquareRewards, double SquareSquares, double LogLikelihood)
{
    /// <summary>Adds two sums.</summary>
    public static LogMeasure Add(LogMeasure left, LogMeasure right) => new(
        WeightSums.Add(left.Weights, right.Weights),
        left.Terms + right.Terms,
        left.SquaredTerms + right.SquaredTerms,
        left.SquareRewards + right.SquareRewards,
        left.SquareSquares + right.SquareSquares,
        left.LogLikelihood + right.LogLikelihood);

    /// <summary>Computes the estimate.</summary>
    public double Value(LearningEstimator estimator) => estimator == LearningEstimator.SNIPS ? Weights.SelfNormalized : Terms / Weights.Count;

    /// <summary>Computes the standard error of the estimate, for SNIPS by the delta method.</summary>
    public double StandardError(LearningEstimator estimator)
    {
        var (value, count) = (Value(estimator), Weights.Count);
        return estimator == LearningEstimator.SNIPS
            ? Math.Sqrt(Math.Max(0, SquareSquares - (2 * value * SquareRewards) + (value * value * Weights.Squares))) / Weights.Weights
            : Math.Sqrt(Math.Max(0, (SquaredTerms / count) - (value * value)) / (count - 1));
    }
}

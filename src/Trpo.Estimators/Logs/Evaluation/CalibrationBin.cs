using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// A bin of rows by the reward that the reward model predicted for the logged action, from the other folds. The model is calibrated where the rewards that came are those that it predicted; where it is not, DR leans on
/// the weights alone. For episodes, a bin of rows by the predicted value of the logged action, whose difference to <see cref="Observed"/> is the mean Bellman error of the model: where it is far from 0, values are wrong; where
/// it is 0, the model agrees with itself from step to step, and its values may be wrong nevertheless. No log of another policy has the returns that followed the policy.
/// </summary>
public sealed record CalibrationBin
{
    private const int Count = 10;

    /// <summary>The mean of the predicted rewards; of the predicted values for episodes.</summary>
    public required double Predicted { get; init; }

    /// <summary>The mean of the logged rewards; for episodes, of the rewards plus the discounted values that the model expects of the next rows.</summary>
    public required double Observed { get; init; }

    /// <summary>The standard error of <see cref="Observed"/>; NaN for a single row.</summary>
    public required double StandardError { get; init; }

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Computes up to ten bins in ascending order of the prediction, of as many rows each as rows of one prediction, which stay together, allow.</summary>
    internal static IReadOnlyList<CalibrationBin> Of(OffPolicyRows rows)
    {
        // Sums in an order that is not that of the rows, which must not matter.
        int[] order = [.. Enumerable.Range(0, rows.Count).OrderBy(row => rows.Predicted[row]).ThenBy(row => rows.Rewards[row])];
        List<CalibrationBin> bins = [];
        for (var start = 0; start < order.Length;)
        {
            var end = Math.Max(start + 1, (int)((bins.Count + 1L) * order.Length / Count));
            while (end < order.Length && rows.Predicted[order[end]] == rows.Predicted[order[end - 1]])
                end++;
            bins.Add(Of(rows, order.AsSpan(start..end)));
            start = end;
        }

        return bins;
    }

    private static CalibrationBin Of(OffPolicyRows rows, ReadOnlySpan<int> part)
    {
        var (predicted, observed) = (new double[part.Length], new double[part.Length]);
        for (var i = 0; i < part.Length; i++)
            (predicted[i], observed[i]) = (rows.Predicted[part[i]], rows.Rewards[part[i]]);
        var mean = MeanOfTerms.Of(observed);
        return new CalibrationBin { Predicted = MeanOfTerms.Of(predicted).Value, Observed = mean.Value, StandardError = mean.StandardError, Rows = part.Length };
    }
}

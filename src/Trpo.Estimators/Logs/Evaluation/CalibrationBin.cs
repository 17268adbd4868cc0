using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// A bin of rows by the reward that the reward model predicted for the logged action, from the other folds. The model is calibrated where the rewards that came are those that it predicted; where it is not, DR leans on
/// the weights alone.
/// </summary>
public sealed record CalibrationBin
{
    private const int Count = 10;

    /// <summary>The mean of the predicted rewards.</summary>
    public required double Predicted { get; init; }

    /// <summary>The mean of the logged rewards.</summary>
    public required double Observed { get; init; }

    /// <summary>The standard error of <see cref="Observed"/>; NaN for a single row.</summary>
    public required double StandardError { get; init; }

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Computes ten bins of as many rows each, in ascending order of the prediction; one for each row of shorter logs.</summary>
    internal static IReadOnlyList<CalibrationBin> Of(OffPolicyRows rows)
    {
        // Ties by the reward: the order of the rows must not matter.
        int[] order = [.. Enumerable.Range(0, rows.Count).OrderBy(row => rows.Predicted[row]).ThenBy(row => rows.Rewards[row])];
        var count = Math.Min(Count, rows.Count);
        return [.. Enumerable.Range(0, count).Select(bin =>
        {
            var part = order.AsSpan((int)((long)bin * rows.Count / count)..(int)((bin + 1L) * rows.Count / count));
            var (predicted, observed) = (new double[part.Length], new double[part.Length]);
            for (var i = 0; i < part.Length; i++)
                (predicted[i], observed[i]) = (rows.Predicted[part[i]], rows.Rewards[part[i]]);
            var mean = MeanOfTerms.Of(observed);
            return new CalibrationBin { Predicted = MeanOfTerms.Of(predicted).Value, Observed = mean.Value, StandardError = mean.StandardError, Rows = part.Length };
        })];
    }
}

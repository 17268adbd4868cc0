using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx.Files;

namespace Trpo.Cli.Logs;

/// <summary>The JSON file of an evaluation from a log.</summary>
internal static class LogEvaluationFile
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Writes all numbers of an evaluation.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="data">The path of the log.</param>
    /// <param name="isSampled">True if the policy was evaluated with its probabilities, false with its most probable action.</param>
    /// <param name="skipped">The number of rows at the beginning of the log that were left out.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="evaluation">The evaluation.</param>
    public static void Write(string path, string data, bool isSampled, long skipped, LogChoice choice, LogEvaluation evaluation) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Data = data,
            Sampled = isSampled,
            SkippedRows = skipped,
            Columns = new
            {
                choice.Action,
                choice.Reward,
                Probability = choice.IsLogarithm ? null : choice.Probability,
                LogProbability = choice.IsLogarithm ? choice.Probability : null,
                Eligible = choice.Mask?.Prefix,
                choice.Episode,
                choice.Step,
                Features = choice.Features.Select(feature => feature.Name),
                choice.LeftOut,
            },
            evaluation.Rows,
            evaluation.Episodes,
            evaluation.Gain,
            evaluation.IsTrustworthy,
            evaluation.Doubt,
            evaluation.EffectiveSampleSize,
            evaluation.RewardedMatches,
            evaluation.MaxWeight,
            evaluation.MeanWeight,
            evaluation.MeanWeightError,
            evaluation.UntriedProbability,
            Estimates = evaluation.Estimates.Select(estimate => new { estimate.Estimator, estimate.Value, estimate.StandardError, Low = estimate.Interval?.Low, High = estimate.Interval?.High, estimate.NoIntervalReason }),
            evaluation.Baselines,
            evaluation.Actions,
            evaluation.Overlap,
            evaluation.Calibration,
        },
        Format));
}

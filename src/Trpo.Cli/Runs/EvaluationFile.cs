using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx.Files;

namespace Trpo.Cli.Runs;

/// <summary>The JSON file of an evaluation.</summary>
internal static class EvaluationFile
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes the statistics and every episode of an evaluation.</summary>
    public static void Write(string path, string environment, PolicyEvaluation evaluation)
    {
        var interval = evaluation.MeanReturnInterval();
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                Environment = environment,
                evaluation.Seed,
                Sampled = evaluation.Selection.IsSampled,
                evaluation.MeanReturn,
                MeanReturnLow = interval.Low,
                MeanReturnHigh = interval.High,
                evaluation.StandardDeviation,
                evaluation.MinReturn,
                evaluation.MedianReturn,
                evaluation.MaxReturn,
                evaluation.MeanLength,
                evaluation.TerminatedEpisodes,
                evaluation.TruncatedEpisodes,
                Episodes = evaluation.Episodes.Select(episode => new { episode.Seed, episode.Return, episode.Length, episode.Terminated }),
            },
            Format));
    }
}

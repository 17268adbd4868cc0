using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;

namespace Trpo.Tests.Logs.Learning;

/// <summary>A log of two contexts, -1 and 1, and two actions that were tossed for; the first is right in the one, the second in the other.</summary>
internal static class TinyLog
{
    public static readonly float[][] Contexts = [[-1], [1]];

    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>Each of the four rows as often as is asked for.</summary>
    public static Decision[] Rows(int times = 20) => [.. Enumerable.Range(0, 4 * times).Select(i => new Decision
    {
        Observation = Contexts[i % 2],
        Action = i / 2 % 2,
        Name = i / 2 % 2 == 0 ? "left" : "right",
        Probability = 0.5,
        LogProbability = Math.Log(0.5),
        Reward = i % 2 == i / 2 % 2 ? 1 : 0,
        Eligible = [1, 1],
    })];

    /// <summary>Learns from rows.</summary>
    public static PolicyTransformer Learn(IReadOnlyList<Decision> rows, TrpoFromLogOptions? options = null, LogColumns? columns = null) =>
        Ml.ReinforcementLearning.Trainers.TrpoFromLog(columns ?? new LogColumns(), (options ?? new TrpoFromLogOptions()) with { Seed = options?.Seed ?? 1 }).Fit(Decision.View(Ml, rows));
}

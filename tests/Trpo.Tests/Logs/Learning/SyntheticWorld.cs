using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning.Rewards;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Learning;

/// <summary>The world of <see cref="SyntheticLog"/> as something to learn in: logs as views, and the true values of policies on contexts that no log has.</summary>
internal static class SyntheticWorld
{
    private const int Contexts = 20_000;

    private static readonly SyntheticLog Generator = SyntheticLog.Load();

    private static readonly float[][] Fresh = [.. DrawContexts()];

    private static readonly double[][] Worth = [.. Fresh.Select(context => Generator.Worth(context))];

    /// <summary>The rows of a log.</summary>
    public static LoggedRows Rows(int rows, ulong seed) => Generator.Draw(rows, seed).Rows;

    /// <summary>The decisions of a log.</summary>
    public static Decision[] Decisions(int rows, ulong seed) => Decisions(Rows(rows, seed));

    /// <summary>The decisions of rows.</summary>
    public static Decision[] Decisions(LoggedRows rows) => [.. Enumerable.Range(0, rows.Count).Select(i => new Decision
    {
        Observation = rows.Observation(i).ToArray(),
        Action = rows.Actions[i],
        Name = $"{rows.Actions[i]}",
        Probability = rows.Propensities[i],
        LogProbability = Math.Log(rows.Propensities[i]),
        Reward = rows.Rewards[i],
    })];

    /// <summary>The true values of a policy that draws its actions, and of the one that takes the most probable.</summary>
    public static (double Stochastic, double Greedy) Value(PolicyTransformer policy)
    {
        var scores = Scores(policy, Fresh);
        return (scores.Select((score, i) => score.Zip(Worth[i], (probability, worth) => probability * worth).Sum()).Average(),
            scores.Select((score, i) => Worth[i][Array.IndexOf(score, score.Max())]).Average());
    }

    /// <summary>The probabilities of a policy's actions.</summary>
    public static float[][] Scores(PolicyTransformer policy, IReadOnlyList<float[]> contexts)
    {
        var ml = new MLContext(seed: 1);
        return [.. policy.Transform(Decision.View(ml, [.. contexts.Select(context => new Decision { Observation = context })])).GetColumn<float[]>("Score")];
    }

    /// <summary>The true value of the action of which a ridge regression on a log expects most.</summary>
    public static double ValueOfRidge(LoggedRows log)
    {
        using var ridge = new RidgeRewards(1).Fit(log, [.. Enumerable.Range(0, log.Count)], seed: 0, () => { });
        var fresh = new LoggedRows(log.ActionCount, log.Length) { Actions = new int[Contexts], Propensities = [], Rewards = [], Observations = [.. Fresh.SelectMany(context => context)] };
        var expected = new float[Contexts * log.ActionCount];
        ridge.Predict(fresh, [.. Enumerable.Range(0, Contexts)], expected, () => { });
        return Enumerable.Range(0, Contexts).Average(i =>
        {
            var row = expected.AsSpan(i * log.ActionCount, log.ActionCount);
            return Worth[i][row.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(row))];
        });
    }

    private static IEnumerable<float[]> DrawContexts()
    {
        var random = new RandomSource(987_654_321);
        for (var i = 0; i < Contexts; i++)
            yield return [.. Enumerable.Range(0, 5).Select(_ => (float)random.NextGaussian())];
    }
}

using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning.Rewards;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>
/// A world of recommendations: in each row, 10 of 300 items of 5 features. The chance of a reward depends on the products of the features with the 4 values of the context. The logging policy prefers items alike in all contexts.
/// </summary>
internal static class CandidateWorld
{
    public const int Context = 4;
    public const int Features = 5;
    public const int Candidates = 10;

    private const int Items = 300;
    private const double Gain = 4;

    private static readonly RandomSource Constants = new(20_240_601);

    private static readonly float[][] Catalogue = [.. Enumerable.Range(0, Items).Select(_ => Gaussians(Constants, Features))];

    private static readonly float[] Interaction = Gaussians(Constants, Context * Features);

    private static readonly float[] Popularity = Gaussians(Constants, Features);

    /// <summary>The columns of a log of the world, behind <see cref="Pipeline"/>.</summary>
    public static LogColumns Columns { get; } = new() { ActionFeatures = "Features", Eligible = "Eligible" };

    /// <summary>Draws rows.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="minCandidates">The minimum number of candidates of a row.</param>
    public static CandidateRow[] Draw(int count, ulong seed, int minCandidates = Candidates)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Row(random, minCandidates))];
    }

    /// <summary>Returns the transforms in front of a policy.</summary>
    public static IEstimator<ITransformer> Pipeline(MLContext ml) => ml.Transforms.Concatenate("Observation", "Context", "Features", "Eligible");

    /// <summary>Computes the chances of a reward of the candidates of a row; -1 for padding.</summary>
    public static double[] Worth(CandidateRow row) => [.. Enumerable.Range(0, Candidates).Select(candidate => row.Eligible[candidate] == 0 ? -1 : Chance(row, candidate))];

    /// <summary>Computes the mean true values of a policy that draws its actions, and of the one that takes the most probable.</summary>
    public static (double Stochastic, double Greedy) Value(MLContext ml, ITransformer model, IReadOnlyList<CandidateRow> rows)
    {
        float[][] scores = [.. model.Transform(CandidateRow.View(ml, rows)).GetColumn<float[]>("Score")];
        return (rows.Select((row, i) => Worth(row).Zip(scores[i], (worth, probability) => worth * probability).Sum()).Average(),
            rows.Select((row, i) => Worth(row)[Array.IndexOf(scores[i], scores[i].Max())]).Average());
    }

    /// <summary>Computes the true value of the candidate of which the shared ridge regression on a log expects most.</summary>
    public static double ValueOfRidge(IReadOnlyList<CandidateRow> log, IReadOnlyList<CandidateRow> rows)
    {
        var layout = new CandidateLayout(Context, Candidates, Features);
        using var ridge = new CandidateRewards(new RidgeRewards(1), layout).Fit(Rows(log, layout), [.. Enumerable.Range(0, log.Count)], seed: 0, () => { });
        var expected = new float[rows.Count * Candidates];
        Array.Fill(expected, float.NegativeInfinity);
        ridge.Predict(Rows(rows, layout), [.. Enumerable.Range(0, rows.Count)], expected, () => { });
        return rows.Select((row, i) => Worth(row)[Array.IndexOf(expected, expected.Skip(i * Candidates).Take(Candidates).Max(), i * Candidates) - (i * Candidates)]).Average();
    }

    private static LoggedRows Rows(IReadOnlyList<CandidateRow> rows, CandidateLayout layout) => new(Candidates, rows[0].Observation.Length)
    {
        Actions = [.. rows.Select(row => row.Action)],
        Propensities = [.. rows.Select(row => row.Probability)],
        Rewards = [.. rows.Select(row => row.Reward)],
        Observations = [.. rows.SelectMany(row => row.Observation)],
        Eligible = [.. rows.SelectMany(row => row.Eligible.Select(value => value == 1))],
        Candidates = layout,
    };

    private static CandidateRow Row(RandomSource random, int minCandidates)
    {
        var count = minCandidates + (int)((Candidates - minCandidates + 1) * random.NextDouble());
        int[] items = [.. Enumerable.Range(0, count).Select(_ => (int)(Items * random.NextDouble()))];
        var row = new CandidateRow
        {
            Context = Gaussians(random, Context),
            Features = [.. items.SelectMany(item => Catalogue[item]), .. new float[(Candidates - count) * Features]],
            Eligible = [.. Enumerable.Range(0, Candidates).Select(candidate => candidate < count ? 1f : 0)],
            Ids = [.. items.Select(item => $"item {item}"), .. Enumerable.Repeat("", Candidates - count)],
        };
        double[] weights = [.. items.Select(item => Math.Exp(0.6 * Catalogue[item].Zip(Popularity, (feature, weight) => feature * weight).Sum()))];
        var (draw, action) = (random.NextDouble() * weights.Sum(), 0);
        while (action < count - 1 && draw >= weights[action])
            draw -= weights[action++];
        row.Action = action;
        row.Probability = weights[action] / weights.Sum();
        row.Reward = random.NextDouble() < Chance(row, action) ? 1 : 0;
        return row;
    }

    private static double Chance(CandidateRow row, int candidate)
    {
        var sum = 0.0;
        for (var i = 0; i < Context * Features; i++)
            sum += Interaction[i] * row.Context[i / Features] * row.Features[(candidate * Features) + (i % Features)];
        return 1 / (1 + Math.Exp(-Gain * sum / Math.Sqrt(Context * Features)));
    }

    private static float[] Gaussians(RandomSource random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextGaussian())];
}

using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Estimators.Threading;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Learning;

/// <summary>A data set of ten classes as a bandit: only the class that was guessed is known to be right or wrong. TRPO_LOG_REPLICATIONS sets the number of data sets; the suite makes one.</summary>
[Parallelizable]
public sealed class ClassificationTests
{
    private const int Classes = 10, Length = 16, Rows = 10_000;

    private static readonly int Replications = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_REPLICATIONS") ?? "1", CultureInfo.InvariantCulture);

    [Test]
    public void A_policy_learned_from_guesses_is_nearly_as_accurate_as_one_learned_from_all_labels()
    {
        var ml = new MLContext(seed: 1);
        var accuracies = Enumerable.Range(1, Replications).Select(seed =>
        {
            var random = new RandomSource((ulong)seed);
            float[][] centers = [.. Enumerable.Range(0, 3 * Classes).Select(_ => Gaussians(random, 1.1f))];
            var (training, test) = (Draw(random, centers), Draw(random, centers));

            // Guesses that are right more often than by chance, but try every class.
            Decision[] log = [.. training.Select(row =>
            {
                var (right, other) = (0.28, 0.08);
                var guess = random.NextDouble() < (right - other) ? row.Label : (int)(random.NextDouble() * Classes);
                return new Decision { Observation = row.Features, Action = guess, Probability = guess == row.Label ? right : other, Reward = guess == row.Label ? 1 : 0 };
            })];
            var options = new TrpoFromLogOptions { Seed = seed, RewardModel = RewardModel.Network() };
            using var bandit = ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), options).Fit(Decision.View(ml, log));
            return (Bandit: Accuracy(SyntheticWorld.Scores(bandit, [.. test.Select(row => row.Features)]), test), Labels: WithLabels(training, test, options));
        }).ToList();
        var (guessed, labelled) = (accuracies.Average(pair => pair.Bandit), accuracies.Average(pair => pair.Labels));
        TestContext.Out.WriteLine(FormattableString.Invariant($"accuracy {guessed:F4} from guesses, {labelled:F4} from all labels"));

        Assert.That(labelled, Is.GreaterThan(0.8));
        Assert.That(guessed, Is.GreaterThanOrEqualTo(labelled - 0.03));
    }

    // The same network and steps, where the reward of every action is known.
    private static double WithLabels((float[] Features, int Label)[] training, (float[] Features, int Label)[] test, TrpoFromLogOptions options)
    {
        var rows = new LoggedRows(Classes, Length)
        {
            Actions = [.. training.Select(row => row.Label)],
            Propensities = [.. training.Select(_ => 1.0)],
            Rewards = [.. training.Select(_ => 1.0)],
            Observations = [.. training.SelectMany(row => row.Features)],
        };
        var log = new LearningLog(rows, [.. Enumerable.Range(0, Classes).Select(i => $"{i}")], new RewardScale(0, 1), HasMask: false)
        {
            Training = Rows * 8 / 10,
            Expected = [.. training.SelectMany(row => Enumerable.Range(0, Classes).Select(i => i == row.Label ? 1f : 0))],
        };
        using var threads = new PartThreads(1, "labels");
        var policies = LogPolicies.Create(log, options, seed: 1, LogLearner.PartsOf(log, options));
        new LogLearner(log, options with { MinEffectiveRows = 0 }, policies, threads).Learn(_ => { }, () => false);
        var logits = new double[test.Length * Classes];
        policies[0].Evaluate([.. test.SelectMany(row => row.Features)], logits);
        LogPolicies.Dispose(policies);
        return Accuracy([.. logits.Chunk(Classes).Select(row => row.Select(value => (float)value).ToArray())], test);
    }

    private static double Accuracy(float[][] scores, (float[] Features, int Label)[] test) => scores.Where((score, i) => Array.IndexOf(score, score.Max()) == test[i].Label).Count() / (double)test.Length;

    // Three clusters for each class.
    private static (float[] Features, int Label)[] Draw(RandomSource random, float[][] centers) => [.. Enumerable.Range(0, Rows).Select(_ =>
    {
        var cluster = (int)(random.NextDouble() * centers.Length);
        return (centers[cluster].Zip(Gaussians(random, 1), (a, b) => a + b).ToArray(), cluster % Classes);
    })];

    private static float[] Gaussians(RandomSource random, float scale) => [.. Enumerable.Range(0, Length).Select(_ => scale * (float)random.NextGaussian())];
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Tests of the estimators of episodes against their formulas.</summary>
public sealed class EpisodeEstimatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Episodes_of_one_row_are_decisions([Values(1u, 2u, 3u)] uint seed, [Values(0.3, 1.0)] double discount)
    {
        var random = new RandomSource(seed);
        Decision[] rows = [.. Enumerable.Range(0, 300).Select(i => LoggedAction(random) with { Episode = (i * 7) % 300, Step = 4 })];
        double[] Policy(LoggedContext context) => context.Eligible.Span[2] ? [0.2, context.Observation.Span[0] > 0 ? 0.5 : 0.1, context.Observation.Span[0] > 0 ? 0.3 : 0.7] : [0.4, 0.6, 0];
        var columns = new LogColumns { Eligible = "Eligible" };
        var options = new LogEvaluationOptions { Discount = discount, Folds = 4, Seed = (int)seed };
        var decisions = _ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, rows), columns, options with { Discount = 1 });
        var episodes = _ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, rows), columns with { Episode = "Episode", Step = "Step" }, options);

        foreach (var (own, other) in new[] { (OffPolicyEstimator.PDIS, OffPolicyEstimator.IPS), (OffPolicyEstimator.WPDIS, OffPolicyEstimator.SNIPS), (OffPolicyEstimator.WDR, OffPolicyEstimator.SNDR), (OffPolicyEstimator.DM, OffPolicyEstimator.DM) })
        {
            Assert.That(episodes[own].Value, Is.EqualTo(decisions[other].Value).Within(1e-9), $"{own}");
            Assert.That(episodes[own].StandardError, Is.EqualTo(decisions[other].StandardError).Within(1e-9), $"{own}");
        }

        Assert.That((decisions.Episodes, episodes.Episodes), Is.EqualTo(((long?)null, (long?)300)));
        Assert.That(episodes.Gain.SelfNormalized, Is.EqualTo(decisions.Gain.SelfNormalized).Within(1e-9));
        Assert.That(episodes.EffectiveSampleSize, Is.EqualTo(decisions.EffectiveSampleSize).Within(1e-9));
        Assert.That(episodes.RewardedMatches, Is.EqualTo(decisions.RewardedMatches).Within(1e-9));
        Assert.That((episodes.MeanWeight, episodes.MeanWeightError, episodes.MaxWeight), Is.EqualTo((decisions.MeanWeight, decisions.MeanWeightError, decisions.MaxWeight)).Using<(double, double, double)>(IsClose));
        Assert.That(episodes.Overlap.Select(bin => bin.Rows), Is.EqualTo(decisions.Overlap.Select(bin => bin.Rows)));
        Assert.That(episodes.Calibration.Select(bin => bin.Observed), Is.EqualTo(decisions.Calibration.Select(bin => bin.Observed)).Within(1e-9));
        Assert.That(episodes.Baselines[0].Value, Is.EqualTo(decisions.Baselines[0].Value).Within(1e-12));
        Assert.That((episodes.IsTrustworthy, decisions.IsTrustworthy), Is.EqualTo((true, true)), episodes.Doubt);

        static bool IsClose((double, double, double) left, (double, double, double) right) => Math.Abs(left.Item1 - right.Item1) + Math.Abs(left.Item2 - right.Item2) + Math.Abs(left.Item3 - right.Item3) < 1e-9;
    }

    [Test]
    public void Estimates_are_those_of_the_formulas([Values(1u, 2u, 3u)] uint seed, [Values(0.8, 1.0)] double discount)
    {
        var episodes = Draw(seed, count: 40, discount);
        var all = Enumerable.Range(0, episodes.Count).ToArray();

        Assert.That(MeanOfTerms.Of(PerDecisionSampling.Terms(episodes)).Value, Is.EqualTo(all.Average(i => Weighted(i, t => Weight(episodes, i, t)))).Within(1e-9));
        Assert.That(MeanOfTerms.Of(WeightedPerDecisionSampling.Terms(episodes)).Value, Is.EqualTo(Wpdis(episodes, all)).Within(1e-9));
        Assert.That(MeanOfTerms.Of(WeightedDoublyRobust.Terms(episodes)).Value, Is.EqualTo(Wdr(episodes, all)).Within(1e-9));

        double Weighted(int episode, Func<int, double> weight) => episodes.Episodes.Rows(episode).ToArray().Select((row, t) => Math.Pow(discount, t) * weight(t) * episodes.Rewards[row]).Sum();
    }

    [Test]
    public void Standard_errors_are_close_to_those_of_the_jackknife([Values(1u, 2u)] uint seed)
    {
        var episodes = Draw(seed, count: 120, discount: 0.9);
        foreach (var (terms, estimate) in new[] { (WeightedPerDecisionSampling.Terms(episodes), (Func<OffPolicyEpisodes, int[], double>)Wpdis), (WeightedDoublyRobust.Terms(episodes), Wdr) })
        {
            double[] without = [.. Enumerable.Range(0, episodes.Count).Select(left => estimate(episodes, [.. Enumerable.Range(0, episodes.Count).Where(i => i != left)]))];
            var mean = without.Average();
            var jackknife = Math.Sqrt(without.Sum(value => (value - mean) * (value - mean)) * (episodes.Count - 1) / episodes.Count);

            Assert.That(MeanOfTerms.Of(terms).StandardError, Is.EqualTo(jackknife).Within(8).Percent);
        }
    }

    [TestCase(5_000.0)]
    [TestCase(-5_000.0)]
    public void Weights_beyond_all_numbers_are_normalized(double shift)
    {
        var episodes = Draw(1, count: 40, discount: 0.9);
        var shifted = episodes with { LogWeights = [.. episodes.LogWeights.Select(weight => weight + shift)] };

        Assert.That(WeightedPerDecisionSampling.Terms(shifted), Is.EqualTo(WeightedPerDecisionSampling.Terms(episodes)).Within(1e-9));
        Assert.That(WeightedDoublyRobust.Terms(shifted), Is.EqualTo(WeightedDoublyRobust.Terms(episodes)).Within(1e-9));
        Assert.That(EpisodeWeights.Of(shifted, shifted.Returns()).EffectiveSampleSize, Is.EqualTo(EpisodeWeights.Of(episodes, episodes.Returns()).EffectiveSampleSize).Within(1e-9));
    }

    [Test]
    public void Thousands_of_steps_leave_numbers()
    {
        // The weights of half of the episodes are 4 in each step, which is 10^1800 at the end; those of the others are 1.
        const int Horizon = 3_000;
        var log = new LoggedRows(2, 0)
        {
            Actions = [.. Enumerable.Range(0, 4 * Horizon).Select(row => row / Horizon % 2)],
            Propensities = [.. Enumerable.Repeat(0.2, 4 * Horizon)],
            Rewards = [.. Enumerable.Range(0, 4 * Horizon).Select(row => row / Horizon % 2 == 0 ? 1.0 : row % 7)],
            Observations = [],
        };
        var loaded = new LoadedLog(log, [.. Enumerable.Range(0, 4 * Horizon).SelectMany(_ => new[] { 0.8, 0.2 })], ["a", "b"]) { Episodes = new LoggedEpisodes([.. Enumerable.Range(0, log.Count)], [.. Enumerable.Range(0, 5).Select(i => i * Horizon)]) };
        var evaluation = LogEvaluator.Run(() => loaded, new LogEvaluationOptions(), () => { });

        Assert.That(evaluation[OffPolicyEstimator.WPDIS].Value, Is.EqualTo(Horizon).Within(2), "but for the first steps, the first kind of episode has all of the weight");
        Assert.That(double.IsFinite(evaluation[OffPolicyEstimator.WDR].Value), Is.True);
        Assert.That(evaluation.EffectiveSampleSize, Is.EqualTo(2).Within(1e-9));
        Assert.That(evaluation.Doubt, Does.StartWith("the effective number of episodes is 2 of 4, less than 100: over 3000 steps, the policy seldom does what the log did"), "the probabilities are right");
        Assert.That(evaluation.Overlap[^1], Is.EqualTo(new WeightBin { From = 16, To = double.PositiveInfinity, Rows = 2, WeightShare = 1 }));
    }

    [Test]
    public void A_policy_that_the_log_contradicts_has_no_estimate()
    {
        var episodes = Draw(1, count: 20, discount: 1);
        var none = episodes with { LogWeights = [.. episodes.LogWeights.Select(_ => double.NegativeInfinity)] };
        var some = none with { LogWeights = [.. none.LogWeights.Select((weight, row) => episodes.Episodes.Rows(3).Contains(row) ? 0 : weight)] };

        Assert.That(WeightedPerDecisionSampling.Terms(none), Is.All.NaN);
        Assert.That(PerDecisionSampling.Terms(none), Has.None.NaN);
        Assert.That(WeightedPerDecisionSampling.Terms(some), Has.None.NaN, "one episode is left");
    }

    private static double Weight(OffPolicyEpisodes episodes, int episode, int step)
    {
        var rows = episodes.Episodes.Rows(episode);
        return Math.Exp(episodes.LogWeights[rows[Math.Min(step, rows.Length - 1)]]);
    }

    private static double Wpdis(OffPolicyEpisodes episodes, int[] which) => Enumerable.Range(0, episodes.Episodes.Horizon).Sum(step =>
        Math.Pow(episodes.Discount, step) * which.Sum(i => step < episodes.Episodes.Rows(i).Length ? Weight(episodes, i, step) * episodes.Rewards[episodes.Episodes.Rows(i)[step]] : 0) / which.Sum(i => Weight(episodes, i, step)));

    // In the form of the paper: with the weights of this step for Q, and of the one before for V.
    private static double Wdr(OffPolicyEpisodes episodes, int[] which) => Wpdis(episodes, which) - Enumerable.Range(0, episodes.Episodes.Horizon).Sum(step =>
        Math.Pow(episodes.Discount, step) * which.Where(i => step < episodes.Episodes.Rows(i).Length).Sum(i =>
        {
            var row = episodes.Episodes.Rows(i)[step];
            var before = step == 0 ? 1.0 / which.Length : Weight(episodes, i, step - 1) / which.Sum(j => Weight(episodes, j, step - 1));
            return (Weight(episodes, i, step) / which.Sum(j => Weight(episodes, j, step)) * episodes.Predicted[row]) - (before * episodes.Expected[row]);
        }));

    // Episodes of one to six rows, whose order in memory is not that of their steps.
    private static OffPolicyEpisodes Draw(uint seed, int count, double discount)
    {
        var random = new RandomSource(seed);
        int[] lengths = [.. Enumerable.Range(0, count).Select(_ => 1 + random.NextInt(6))];
        int[] starts = [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())];
        var rows = Enumerable.Range(0, starts[^1]).ToArray();
        random.Shuffle<int>(rows);
        var (episodes, weights) = (new LoggedEpisodes(rows, starts), new double[rows.Length]);
        for (var episode = 0; episode < count; episode++)
        {
            var sum = 0.0;
            foreach (var row in episodes.Rows(episode))
                weights[row] = sum += 0.4 * random.NextGaussian();
        }

        return new OffPolicyEpisodes(episodes, discount, weights, Numbers(), Numbers(), Numbers());

        double[] Numbers() => [.. rows.Select(_ => 1 + random.NextGaussian())];
    }

    private static Decision LoggedAction(RandomSource random)
    {
        var all = random.NextDouble() < 0.7;
        double[] probabilities = all ? [0.3, 0.3, 0.4] : [0.5, 0.5, 0];
        var action = random.NextDouble() is var draw && draw < probabilities[0] ? 0 : draw < probabilities[0] + probabilities[1] ? 1 : 2;
        float[] observation = [(float)random.NextGaussian(), (float)random.NextGaussian()];
        return new Decision { Observation = observation, Action = action, Probability = probabilities[action], Reward = Math.Round(action + observation[0] + random.NextGaussian()), Eligible = [1, 1, all ? 1 : 0] };
    }
}

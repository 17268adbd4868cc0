using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs;

/// <summary>Invariances of an evaluation from a log.</summary>
public sealed class LogPropertyTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    [TestCase(1e6)]
    [TestCase(1e-6)]
    [TestCase(1e9)]
    [TestCase(1e-9)]
    [TestCase(3)]
    public void A_scale_of_the_rewards_scales_the_estimates(double scale)
    {
        var (before, after) = (Evaluate(Log()), Evaluate([.. Log().Select(row => row with { Reward = row.Reward * scale })]));

        foreach (var (old, now) in before.Estimates.Zip(after.Estimates))
        {
            Assert.That(now.Value / scale, Is.EqualTo(old.Value).Within(1e-9), $"{old}");
            Assert.That(now.StandardError / scale, Is.EqualTo(old.StandardError).Within(1e-9), $"{old}");
        }

        Assert.That((after.Gain.Verdict, after.IsTrustworthy), Is.EqualTo((before.Gain.Verdict, before.IsTrustworthy)));
        Assert.That(after.RewardedMatches, Is.EqualTo(before.RewardedMatches));
        Assert.That(after.Baselines.Select(baseline => baseline.Value / scale), Is.EqualTo(before.Baselines.Select(baseline => baseline.Value)).Within(1e-9));
    }

    [Test]
    public void A_constant_that_is_added_to_the_rewards_is_added_to_all_estimates_but_IPS()
    {
        var (before, after) = (Evaluate(Log()), Evaluate([.. Log().Select(row => row with { Reward = row.Reward + 10 })]));

        foreach (var (old, now) in before.Estimates.Zip(after.Estimates).Where(pair => pair.First.Estimator != OffPolicyEstimator.IPS))
        {
            Assert.That(now.Value - 10, Is.EqualTo(old.Value).Within(1e-9), $"{old}");
            Assert.That(now.StandardError, Is.EqualTo(old.StandardError).Within(1e-9), $"{old}");
        }

        Assert.That(after[OffPolicyEstimator.IPS].Value - before[OffPolicyEstimator.IPS].Value, Is.EqualTo(10 * before.MeanWeight).Within(1e-9));
        Assert.That(after.Gain.DoublyRobust, Is.EqualTo(before.Gain.DoublyRobust).Within(1e-9));
        Assert.That(after.Gain.Verdict, Is.EqualTo(before.Gain.Verdict));
    }

    [Test]
    public void The_order_of_the_rows_does_not_matter([Values(1u, 2u, 3u)] uint seed)
    {
        var rows = Log();
        var expected = Evaluate(rows);
        new RandomSource(seed).Shuffle<Decision>(rows);
        var shuffled = Evaluate(rows);

        Assert.That(shuffled.Estimates.Select(estimate => estimate.Value), Is.EqualTo(expected.Estimates.Select(estimate => estimate.Value)).Within(1e-9));
        Assert.That(shuffled.Estimates.Select(estimate => estimate.StandardError), Is.EqualTo(expected.Estimates.Select(estimate => estimate.StandardError)).Within(1e-9));
        Assert.That(shuffled.Baselines.Select(baseline => baseline.Value), Is.EqualTo(expected.Baselines.Select(baseline => baseline.Value)).Within(1e-9));
    }

    [Test]
    public void The_order_of_the_actions_does_not_matter()
    {
        var (rows, expected) = (Log(), Evaluate(Log()));
        int[] order = [2, 0, 1];
        var permuted = _ml.ReinforcementLearning.EvaluateFromLog(
            context => [.. order.Select((_, i) => Policy(context)[Array.IndexOf(order, i)])], Decision.View(_ml, [.. rows.Select(row => row with { Action = order[row.Action] })]), Columns);

        Assert.That(permuted.Estimates.Select(estimate => estimate.Value), Is.EqualTo(expected.Estimates.Select(estimate => estimate.Value)).Within(1e-9));
        Assert.That(permuted.Baselines.Select(baseline => baseline.Value), Is.EqualTo(expected.Baselines.Select(baseline => baseline.Value)).Within(1e-9));
    }

    [Test]
    public void A_log_of_the_policy_itself_gives_the_mean_reward()
    {
        var rows = Log();
        var mean = rows.Average(row => row.Reward);
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(Logging, Decision.View(_ml, rows), Columns);

        Assert.That(evaluation[OffPolicyEstimator.IPS].Value, Is.EqualTo(mean).Within(1e-9));
        Assert.That(evaluation[OffPolicyEstimator.SNIPS].Value, Is.EqualTo(mean).Within(1e-9));
        Assert.That(evaluation.EffectiveSampleSize, Is.EqualTo(rows.Length).Within(1e-6));
        Assert.That(evaluation.MeanWeight, Is.EqualTo(1).Within(1e-9));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
        Assert.That(evaluation.IsTrustworthy, Is.True, evaluation.Doubt);
        foreach (var estimate in evaluation.Estimates)
            Assert.That(estimate.Value, Is.EqualTo(mean).Within(3 * evaluation[OffPolicyEstimator.SNIPS].StandardError), $"{estimate}");
    }

    [Test]
    public void A_deterministic_log_of_the_policy_itself_gives_the_mean_reward_by_all_estimators_with_weights()
    {
        Decision[] rows = [.. Log().Select(row => row with { Action = Math.Sign(row.Observation[0]) + 1, Probability = 1 })];
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(
            context => [.. Enumerable.Range(0, 3).Select(action => action == Math.Sign(context.Observation.Span[0]) + 1 ? 1.0 : 0)], Decision.View(_ml, rows), Columns);

        foreach (var estimate in evaluation.Estimates.Where(estimate => estimate.Estimator is not (OffPolicyEstimator.DM or OffPolicyEstimator.DRos)))
            Assert.That(estimate.Value, Is.EqualTo(rows.Average(row => row.Reward)).Within(1e-9), $"{estimate}");
    }

    private LogEvaluation Evaluate(Decision[] rows) => _ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, rows), Columns);

    private static double[] Policy(LoggedContext context) => context.Observation.Span[0] > 0 ? [0.1, 0.2, 0.7] : [0.7, 0.2, 0.1];

    private static double[] Logging(LoggedContext context) => context.Observation.Span[1] > 0 ? [0.2, 0.3, 0.5] : [0.5, 0.25, 0.25];

    private static Decision[] Log()
    {
        var random = new RandomSource(5);
        return [.. Enumerable.Range(0, 600).Select(_ =>
        {
            float[] observation = [(float)random.NextGaussian(), (float)random.NextGaussian()];
            var probabilities = Logging(new LoggedContext(observation, default));
            var draw = random.NextDouble();
            var action = draw < probabilities[0] ? 0 : draw < probabilities[0] + probabilities[1] ? 1 : 2;
            var reward = (observation[0] * (action - 1)) + random.NextGaussian();
            return new Decision { Observation = observation, Action = action, Probability = probabilities[action], Reward = reward };
        })];
    }
}

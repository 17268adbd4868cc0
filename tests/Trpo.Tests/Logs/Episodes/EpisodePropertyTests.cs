using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Invariances of an evaluation from a log of episodes.</summary>
public sealed class EpisodePropertyTests
{
    private static readonly LogColumns Columns = new() { Episode = "Episode", Step = "Step" };

    private readonly MLContext _ml = new(seed: 1);

    [TestCase(1e6)]
    [TestCase(1e-6)]
    [TestCase(1e9)]
    [TestCase(1e-9)]
    [TestCase(3)]
    public void A_scale_of_the_rewards_scales_the_estimates(double scale)
    {
        var (before, after) = (Evaluate(Log()), Evaluate([.. Log().Select(row => row with { Reward = row.Reward * scale })]));

        AssertEqual(after, before, scale);
        Assert.That((after.Gain.Verdict, after.IsTrustworthy, after.RewardedMatches), Is.EqualTo((before.Gain.Verdict, before.IsTrustworthy, before.RewardedMatches)));
    }

    [Test]
    public void A_discount_equals_rewards_that_are_discounted()
    {
        var rows = Log();
        var (before, after) = (Evaluate(rows, discount: 0.7), Evaluate([.. rows.Select(row => row with { Reward = row.Reward * Math.Pow(0.7, row.Step) })]));

        AssertEqual(after, before);
        Assert.That(after.Gain.DoublyRobust, Is.EqualTo(before.Gain.DoublyRobust).Within(1e-9));
        Assert.That(Evaluate(rows)[OffPolicyEstimator.WDR].Value, Is.Not.EqualTo(before[OffPolicyEstimator.WDR].Value).Within(0.1));
    }

    [Test]
    public void The_order_of_rows_and_the_names_and_the_first_step_of_episodes_do_not_matter([Values(1u, 2u)] uint seed)
    {
        var expected = Evaluate(Log());
        Decision[] rows = [.. Log().Select(row => row with { Episode = 10_000 - (7 * row.Episode), Step = row.Step + 3 })];
        new RandomSource(seed).Shuffle<Decision>(rows);

        AssertEqual(Evaluate(rows), expected);
    }

    [Test]
    public void Rows_without_a_step_are_in_the_order_of_the_view()
    {
        // Dealt out by turns: the episodes are not adjacent.
        Decision[] rows = [.. Log().OrderBy(row => row.Step)];

        AssertEqual(_ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, [.. rows.Select(row => row with { Step = double.NaN })]), Columns with { Step = null }), Evaluate(rows));
        Assert.That(Evaluate(rows)[OffPolicyEstimator.PDIS].Value, Is.Not.EqualTo(_ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, [.. rows.Reverse()]), Columns with { Step = null })[OffPolicyEstimator.PDIS].Value).Within(1e-3));
    }

    [Test]
    public void Episodes_are_named_by_keys_texts_and_numbers()
    {
        var rows = Log();
        var expected = Evaluate(rows);
        var others = _ml.Data.LoadFromEnumerable(rows.Select(row => new TypedEpisode
        {
            Observation = row.Observation,
            Action = row.Action,
            Probability = row.Probability,
            Reward = row.Reward,
            Text = $"game {row.Episode}",
            Large = (1L << 60) + row.Episode,
            Single = row.Episode / 4f,
            Step = (byte)row.Step,
        }));
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(others).Transform(others);

        foreach (var name in new[] { "Key", "Text", "Large", "Single" })
            AssertEqual(_ml.ReinforcementLearning.EvaluateFromLog(Policy, keyed, Columns with { Episode = name }), expected);
    }

    [Test]
    public void Evaluations_at_the_same_time_have_the_same_bits()
    {
        var process = new MarkovLog(states: 6, horizon: 8, distance: 0.2, end: 0.1);
        var results = new LogEvaluation[6];
        Parallel.For(0, results.Length, i => results[i] = LogEvaluator.Run(() => process.Draw(200, seed: 4), new LogEvaluationOptions(), () => { }));

        Assert.That(results.Select(result => result.ToString()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(results.Select(result => result.DoublyRobust.Value).Distinct().Count(), Is.EqualTo(1));
    }

    private static void AssertEqual(LogEvaluation actual, LogEvaluation expected, double scale = 1)
    {
        foreach (var (now, old) in actual.Estimates.Zip(expected.Estimates))
        {
            Assert.That(now.Value / scale, Is.EqualTo(old.Value).Within(1e-9), $"{old}");
            Assert.That(now.StandardError / scale, Is.EqualTo(old.StandardError).Within(1e-9), $"{old}");
        }

        Assert.That(actual.Baselines.Select(baseline => baseline.Gain / scale), Is.EqualTo(expected.Baselines.Select(baseline => baseline.Gain)).Within(1e-9));
        Assert.That(actual.EffectiveSampleSize, Is.EqualTo(expected.EffectiveSampleSize).Within(1e-9));
    }

    private LogEvaluation Evaluate(Decision[] rows, double discount = 1) => _ml.ReinforcementLearning.EvaluateFromLog(Policy, Decision.View(_ml, rows), Columns, new LogEvaluationOptions { Discount = discount });

    private static double[] Policy(LoggedContext context) => context.Observation.Span[0] > 0 ? [0.2, 0.3, 0.5] : [0.5, 0.2, 0.3];

    private static Decision[] Log() => MarkovLog.RowsOf(new MarkovLog(states: 4, horizon: 5, distance: 0, end: 0.2).Draw(300, seed: 2));

    private sealed class TypedEpisode
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];

        public int Action { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }

        public string Text { get; set; } = "";

        public long Large { get; set; }

        public float Single { get; set; }

        public byte Step { get; set; }
    }
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs;

/// <summary>Tests that an evaluation claims no more than the log tells.</summary>
public sealed class LogTrustTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Folds_do_not_foretell_the_rewards_of_rows_that_are_alike()
    {
        // All actions are worth 0.1, and so is the best of the other folds, whichever it is.
        double[] values = [.. Enumerable.Range(1, 60).Select(seed => LogEvaluator.Run(() => Alike((ulong)seed), new LogEvaluationOptions { Seed = seed }, () => { }).Baselines.Single(baseline => baseline.Kind == LogBaselineKind.BestSingleAction).Value)];
        var mean = MeanOfTerms.Of(values);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{mean.Value:F4} ± {mean.StandardError:F4}"));

        Assert.That(mean.Value, Is.EqualTo(0.1).Within(2 * mean.StandardError));
        Assert.That(mean.StandardError, Is.LessThan(0.01));
    }

    [TestCase(1e-320, "a weight is Infinity")]
    [TestCase(1e-170, "which is not finite")]
    [TestCase(1e-90, "the effective sample size is 1 of 400 rows")]
    public void Weights_beyond_all_numbers_are_not_trusted(double probability, string doubt)
    {
        var rows = LogRefusalTests.Log();
        rows[5] = rows[5] with { Probability = probability };
        var evaluation = Evaluate(rows);

        Assert.That(evaluation.IsTrustworthy, Is.False);
        Assert.That(evaluation.Doubt, Does.Contain(doubt));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void Estimates_beyond_all_numbers_are_not_trusted()
    {
        var evaluation = Evaluate([.. LogRefusalTests.Log().Select(row => row with { Reward = row.Reward * 1e160 })]);

        Assert.That(evaluation[OffPolicyEstimator.DR].StandardError, Is.EqualTo(double.PositiveInfinity));
        Assert.That(evaluation.Doubt, Does.Contain("which is not finite: rewards or weights are too large"));
    }

    [Test]
    public void Rewards_that_are_beyond_all_numbers_are_named_before_few_rows()
    {
        var evaluation = Evaluate([.. LogRefusalTests.Log().Take(60).Select(row => row with { Reward = row.Reward * 1e160 })]);
        Assert.That(evaluation.Doubt, Does.Contain("which is not finite"));
    }

    [Test]
    public void An_estimate_that_does_not_exist_is_told_in_words()
    {
        var evaluation = Evaluate([.. LogRefusalTests.Log().Select(row => row with { Action = 0, Probability = 1 })], _ => [0, 1]);
        Assert.That(evaluation.ToString(), Does.Contain("SNIPS no estimate").And.Not.Contains("NaN"));
    }

    [Test]
    public void Effective_sizes_do_not_depend_on_a_scale([Values(1e-200, 1, 1e200)] double scale)
    {
        Assert.That(WeightStatistics.EffectiveSize([scale, 2 * scale, 0]), Is.EqualTo(1.8).Within(1e-12));
        Assert.That(WeightStatistics.EffectiveSize([]), Is.Zero);
    }

    [Test]
    public void A_gain_of_rounding_is_no_gain()
    {
        // The policy is the log's own, so that all weights are 1 and only rounding separates terms and rewards.
        var verdicts = Enumerable.Range(1, 300).Select(seed => LogEvaluator.Run(() => Own((ulong)seed), new LogEvaluationOptions(), () => { })).ToList();

        Assert.That(verdicts.Select(evaluation => evaluation.Doubt), Is.All.Null);
        Assert.That(verdicts.Select(evaluation => evaluation.Gain.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void Baselines_take_no_action_that_the_log_never_has()
    {
        var log = Alike(1).Rows with { ActionCount = 11 };
        double[] model = [.. Enumerable.Range(0, log.Count * 11).Select(i => i % 11 * 1.0)];
        var baselines = new BaselinePolicies(log);

        Assert.That(baselines.Argmax(model).Chunk(11).Select(row => row[9]), Is.All.EqualTo(1));
        Assert.That(baselines.Uniform().Chunk(11).Select(row => (row[0], row[10])), Is.All.EqualTo((0.1, 0.0)));
    }

    [Test]
    public void Probabilities_are_normalized()
    {
        Decision[] rows = [.. LogRefusalTests.Log().Select(row => row with { Eligible = row.Action == 0 ? [1, 0] : [1, 1] })];
        double[] shared = [0.50004, 0.50004];
        var (exact, rounded) = (Evaluate(rows), Evaluate(rows, _ => shared));
        var (kept, forbidden) = (Masked(context => context.Eligible.Span[1] ? [0.5, 0.5] : [1, 0]), Masked(context => context.Eligible.Span[1] ? [0.5, 0.5] : [0.99995, 0.00005]));

        Assert.That(rounded[OffPolicyEstimator.IPS].Value, Is.EqualTo(exact[OffPolicyEstimator.IPS].Value).Within(1e-12));
        Assert.That(rounded.MeanWeight, Is.EqualTo(exact.MeanWeight).Within(1e-12));
        Assert.That(shared, Is.EqualTo(new[] { 0.50004, 0.50004 }), "the array is the rule's");
        Assert.That(forbidden.Estimates.Select(estimate => estimate.Value), Is.EqualTo(kept.Estimates.Select(estimate => estimate.Value)));

        LogEvaluation Masked(Func<LoggedContext, double[]> rule) => _ml.ReinforcementLearning.EvaluateFromLog(rule, Decision.View(_ml, rows), Columns with { Eligible = "Eligible" });
    }

    [Test]
    public void A_reward_model_that_is_not_finite_is_refused() =>
        Assert.That(() => Evaluate([.. LogRefusalTests.Log().Select(row => row with { Reward = row.Reward * 1e308 })]), Throws.TypeOf<LogException>().With.Message.Contains("The reward model is not finite").And.Message.Contains("RidgePenalty"));

    private static LoadedLog Own(ulong seed)
    {
        var random = new RandomSource(seed);
        float[] observations = [.. Enumerable.Range(0, 400).Select(_ => (float)random.NextGaussian())];
        int[] actions = [.. observations.Select(value => value > 0 ? 1 : 0)];
        var log = new LoggedRows(2, 1)
        {
            Actions = actions,
            Propensities = [.. Enumerable.Repeat(1.0, actions.Length)],
            Rewards = [.. observations.Select(_ => random.NextGaussian())],
            Observations = observations,
        };
        return new LoadedLog(log, [.. actions.SelectMany(action => new[] { 1.0 - action, action })], ["0", "1"]);
    }

    private static LoadedLog Alike(ulong seed)
    {
        const int Rows = 1_000;
        const int Actions = 10;
        var random = new RandomSource(seed);
        var log = new LoggedRows(Actions, 0)
        {
            Actions = [.. Enumerable.Range(0, Rows).Select(_ => random.NextInt(Actions))],
            Propensities = [.. Enumerable.Repeat(0.1, Rows)],
            Rewards = [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble() < 0.1 ? 1.0 : 0)],
            Observations = [],
        };
        return new LoadedLog(log, [.. Enumerable.Repeat(0.1, Rows * Actions)], [.. Enumerable.Range(0, Actions).Select(action => $"{action}")]);
    }

    private LogEvaluation Evaluate(Decision[] rows, Func<LoggedContext, double[]>? rule = null) => _ml.ReinforcementLearning.EvaluateFromLog(rule ?? (_ => [0.5, 0.5]), Decision.View(_ml, rows), Columns);
}

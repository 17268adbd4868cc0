using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Logs;

/// <summary>Tests of evaluations from views: rules, policies and chains, and the types of the columns.</summary>
public sealed class LogEvaluationTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void Estimates_of_a_view_agree_with_the_fixtures(string name)
    {
        var log = LogFixture.Load(name);
        var row = 0;
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => log.Policy[row++], Decision.View(_ml, Decision.Of(log)), Columns with { Eligible = log.Eligible is null ? null : "Eligible" });

        Assert.That(row, Is.EqualTo(200), "a row is asked about once");
        foreach (var estimator in new[] { OffPolicyEstimator.IPS, OffPolicyEstimator.SNIPS })
        {
            var expected = log.Estimates.First(estimate => estimate.Name == $"{estimator}" && estimate.Parameter is null);
            Assert.That(evaluation[estimator].Value, Is.EqualTo(expected.Value).Within(1e-9));
            Assert.That(evaluation[estimator].StandardError, Is.EqualTo(expected.StandardError).Within(1e-9));
        }

        Assert.That(evaluation[OffPolicyEstimator.SNIPS].Interval!.Value.Low, Is.EqualTo(log.SelfNormalizedInterval[0]).Within(1e-9));
        Assert.That(evaluation.EffectiveSampleSize, Is.EqualTo(log.EffectiveSampleSize).Within(1e-9));
        Assert.That(evaluation.MaxWeight, Is.EqualTo(log.MaxWeight).Within(1e-9));
        Assert.That(evaluation.Baselines[0].Value, Is.EqualTo(log.Rewards.Average()).Within(1e-12));
        Assert.That(evaluation.Estimates.Where(estimate => estimate.Interval is not null).Select(estimate => estimate.Estimator), Is.EqualTo(new[] { OffPolicyEstimator.SNIPS, OffPolicyEstimator.DR }));
        Assert.That(evaluation.Estimates.Where(estimate => estimate.Interval is null).Select(estimate => estimate.NoIntervalReason), Is.All.Not.Null);
    }

    [Test]
    public void A_policy_that_the_log_hardly_meets_is_not_trusted()
    {
        var log = LogFixture.Load("no-overlap");
        var row = 0;
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => log.Policy[row++], Decision.View(_ml, Decision.Of(log)), Columns);

        Assert.That(evaluation.EffectiveSampleSize, Is.EqualTo(1).Within(1e-9));
        Assert.That(evaluation.IsTrustworthy, Is.False);
        Assert.That(evaluation.Doubt, Does.Contain("effective sample size is 1 of 200 rows"));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
        Assert.That(evaluation.ToString(), Does.Contain("Not to be trusted"));
    }

    [Test]
    public void Baselines_find_what_a_log_knows()
    {
        // Action 1 pays where the observation is positive, action 0 elsewhere; action 2 never.
        var random = new Trpo.Runtime.Randomness.RandomSource(1);
        Decision[] rows = [.. Enumerable.Range(0, 3_000).Select(_ =>
        {
            float[] observation = [(float)random.NextGaussian()];
            var action = random.NextInt(3);
            return new Decision { Observation = observation, Action = action, Probability = 1 / 3.0, Reward = action == 2 ? 0 : observation[0] > 0 == (action == 1) ? 1 : 0 };
        })];
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(context => context.Observation.Span[0] > 0 ? [0, 1, 0] : [1, 0, 0], Decision.View(_ml, rows), Columns);
        var baselines = evaluation.Baselines.ToDictionary(baseline => baseline.Kind);

        Assert.That(evaluation[OffPolicyEstimator.DR].Value, Is.EqualTo(1).Within(0.05));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(baselines[LogBaselineKind.Log].Value, Is.EqualTo(1 / 3.0).Within(0.04));
        Assert.That(baselines[LogBaselineKind.Uniform].Value, Is.EqualTo(1 / 3.0).Within(0.04));
        Assert.That(baselines[LogBaselineKind.BestSingleAction].Value, Is.EqualTo(0.5).Within(0.06));
        Assert.That(baselines[LogBaselineKind.RidgeArgmax].Value, Is.EqualTo(1).Within(0.06));
    }

    [Test]
    public void A_policy_is_evaluated_from_the_log_of_its_own_draws()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var rows = Draws(policy, 400);
        var mean = rows.Average(row => row.Reward);
        var view = _ml.Transforms.Conversion.MapValueToKey("Action", "Name").Fit(Decision.View(_ml, rows)).Transform(Decision.View(_ml, rows));
        var sampled = _ml.ReinforcementLearning.EvaluateFromLog(policy, view, Columns, new LogEvaluationOptions { Selection = ActionSelection.Sample() });
        var mode = _ml.ReinforcementLearning.EvaluateFromLog(policy, view, Columns);
        var best = policy.Transform(view).GetColumn<uint>("Action").Select(key => ((DiscreteActionSpace)Support.Policies.Choices).Names[(int)key - 1]).ToList();
        var weights = rows.Select((row, i) => row.Name == best[i] ? 1 / row.Probability : 0).ToList();

        Assert.That(sampled[OffPolicyEstimator.SNIPS].Value, Is.EqualTo(mean).Within(1e-5));
        Assert.That(sampled.MeanWeight, Is.EqualTo(1).Within(1e-5));
        Assert.That(sampled.ActionNames, Is.EqualTo(new[] { "left", "stay", "right" }), "those of the policy, though the log met them in another order");
        Assert.That(mode[OffPolicyEstimator.SNIPS].Value, Is.EqualTo(weights.Zip(rows, (weight, row) => weight * row.Reward).Sum() / weights.Sum()).Within(1e-9));
    }

    [Test]
    public void Keys_texts_and_numbers_name_the_same_actions_in_front_of_a_chain()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = Decision.View(_ml, Draws(policy, 300));
        var chain = _ml.Transforms.NormalizeMinMax("Observation").Fit(view).Append(policy);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Key", "Name").Fit(view).Transform(view);
        var options = new LogEvaluationOptions { Selection = ActionSelection.Sample() };
        double[] values = [.. new[] { Columns, Columns with { Action = "Name" }, Columns with { Action = "Key" }, Columns with { Probability = null, LogProbability = "LogProbability" } }
            .Select(columns => _ml.ReinforcementLearning.EvaluateFromLog(chain, keys, columns, options)[OffPolicyEstimator.DR].Value)];

        Assert.That(values, Is.All.EqualTo(values[0]).Within(1e-9));
        Assert.That(values[0], Is.Not.EqualTo(_ml.ReinforcementLearning.EvaluateFromLog(policy, keys, Columns, options)[OffPolicyEstimator.DR].Value).Within(1e-6), "the normalizer changes the policy");
    }

    [Test]
    public void A_rule_over_texts_names_its_actions()
    {
        Decision[] rows = [.. Enumerable.Range(0, 100).Select(i => new Decision { Observation = [i % 7], Name = i % 2 == 0 ? "b" : "a", Probability = 0.5, Reward = i % 2 })];
        var options = new LogEvaluationOptions { Actions = ActionSpace.Discrete("a", "b") };
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => [1, 0], Decision.View(_ml, rows), Columns with { Action = "Name" }, options);

        Assert.That(evaluation[OffPolicyEstimator.SNIPS].Value, Is.EqualTo(1));
    }

    [Test]
    public void A_log_without_observations_is_evaluated()
    {
        // Actions 0 and 1 pay 1 and 2 with some noise.
        Decision[] rows = [.. Enumerable.Range(0, 1_000).Select(i => new Decision { Observation = [float.NaN], Action = i % 2, Probability = 0.5, Reward = (i % 2) + 1 + (i * 7 % 5 * 0.1) })];
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(context => context.Observation.IsEmpty ? [0, 1] : [1, 0], Decision.View(_ml, rows), Columns with { Observation = null });

        Assert.That(evaluation[OffPolicyEstimator.DR].Value, Is.EqualTo(2.2).Within(0.02));
        Assert.That(evaluation[OffPolicyEstimator.DM].Value, Is.EqualTo(2.2).Within(0.02));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(_ml.ReinforcementLearning.CheckLog(Decision.View(_ml, rows), Columns with { Observation = null }).Findings.Select(finding => $"{finding.Fault}"), Is.EqualTo(new[] { "ProbabilitiesEqual" }));
    }

    [Test]
    public void Memory_is_linear_in_the_rows()
    {
        var (few, many) = (BytesPerRow(2_000), BytesPerRow(16_000));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{few:F0} and {many:F0} bytes allocated per row"));

        Assert.That(many, Is.LessThan(1.3 * few));

        double BytesPerRow(int count)
        {
            Decision[] rows = [.. Enumerable.Range(0, count).Select(i => new Decision { Observation = [i % 17, i % 5], Action = i % 2, Probability = 0.5, Reward = i % 3 })];
            var view = Decision.View(_ml, rows);
            double[] policy = [0.5, 0.5];
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ml.ReinforcementLearning.EvaluateFromLog(_ => policy, view, Columns);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        }
    }

    private static Decision[] Draws(PolicyTransformer policy, int count)
    {
        var ml = new MLContext(seed: 1);
        using var exploring = policy.With(ActionSelection.Sample(seed: 4), new PolicyColumns { Probability = "Probability", LogProbability = "LogProbability" });
        var names = ((DiscreteActionSpace)Support.Policies.Choices).Names;
        var view = exploring.Transform(Support.Policies.View(ml, Support.Policies.Observations(count)));
        var (observations, probabilities, logs) = (view.GetColumn<float[]>("Observation").ToList(), view.GetColumn<float>("Probability").ToList(), view.GetColumn<float>("LogProbability").ToList());
        return [.. view.GetColumn<uint>("Action").Select((key, i) => new Decision
        {
            Observation = observations[i],
            Action = (int)key - 1,
            Name = names[(int)key - 1],
            Probability = Math.Exp(logs[i]),
            LogProbability = logs[i],
            Reward = observations[i][0] + (key == 2 ? 1 : 0),
        })];
    }
}

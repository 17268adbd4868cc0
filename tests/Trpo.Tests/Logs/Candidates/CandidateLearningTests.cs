using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Tests of learning to choose among candidates that change from row to row, in <see cref="CandidateWorld"/>, whose truth is known.</summary>
public sealed class CandidateLearningTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly TrpoFromLogOptions Options = new() { Seed = 1, HiddenLayers = [32, 32], Iterations = 60, BatchRows = 4_096 };

    [Test]
    public void A_shared_scorer_finds_what_fixed_places_do_not()
    {
        var (log, fresh) = (CandidateWorld.Draw(10_000, seed: 1), CandidateWorld.Draw(5_000, seed: 2));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var (scorer, seconds) = (CandidateWorld.Value(_ml, Learn(log, CandidateWorld.Columns, Options), fresh), watch.Elapsed.TotalSeconds);
        var places = CandidateWorld.Value(_ml, Learn(log, CandidateWorld.Columns with { ActionFeatures = null }, Options), fresh);
        var shown = CandidateWorld.Value(_ml, Learn(log, CandidateWorld.Columns with { ActionFeatures = null }, Options with { RewardModel = RewardModel.Network([32, 32], steps: 40), Iterations = 30 }), fresh);
        var network = CandidateWorld.Value(_ml, Learn(log, CandidateWorld.Columns, Options with { RewardModel = RewardModel.Network([32, 32], steps: 40), Iterations = 30 }), fresh);
        var (best, uniform) = (fresh.Average(row => CandidateWorld.Worth(row).Max()), fresh.Average(row => CandidateWorld.Worth(row).Average()));
        var ridge = CandidateWorld.ValueOfRidge(log, fresh);
        TestContext.Out.WriteLine(FormattableString.Invariant($"best {best:F4}, uniform {uniform:F4}, log {log.Average(row => row.Reward):F4}; scorer {scorer}, {seconds:F1} s; with a network as reward model {network}; fixed places {places}, with a network {shown}; ridge argmax {ridge:F4}"));

        Assert.That(best, Is.EqualTo(0.936).Within(0.01));
        Assert.That(scorer.Greedy, Is.GreaterThan(0.88));
        Assert.That(network.Greedy, Is.GreaterThan(0.86));
        Assert.That(new[] { places.Stochastic, places.Greedy, shown.Stochastic, shown.Greedy }, Is.All.LessThan(0.8));
        Assert.That(ridge, Is.GreaterThan(0.85));
    }

    [Test]
    public void Rows_may_have_fewer_candidates_and_evaluation_tells_the_true_value()
    {
        var (log, held, fresh) = (CandidateWorld.Draw(4_000, seed: 3, minCandidates: 2), CandidateWorld.Draw(4_000, seed: 4, minCandidates: 2), CandidateWorld.Draw(4_000, seed: 5, minCandidates: 2));
        var model = Learn(log, CandidateWorld.Columns, Options with { Iterations = 20 });
        var truth = CandidateWorld.Value(_ml, model, fresh).Greedy;
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(model, CandidateRow.View(_ml, held), CandidateWorld.Columns);
        var robust = evaluation[OffPolicyEstimator.DR];
        var baselines = evaluation.Baselines.ToDictionary(baseline => baseline.Kind);
        TestContext.Out.WriteLine($"{truth}{Environment.NewLine}{evaluation}");

        Assert.That(robust.Value, Is.EqualTo(truth).Within(4 * robust.StandardError));
        Assert.That(robust.StandardError, Is.LessThan(0.04));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(baselines.Keys, Is.EquivalentTo(new[] { LogBaselineKind.Log, LogBaselineKind.Uniform, LogBaselineKind.RidgeArgmax }));
        Assert.That(baselines[LogBaselineKind.Uniform].Value, Is.EqualTo(fresh.Average(row => CandidateWorld.Worth(row).Where(worth => worth >= 0).Average())).Within(4 * baselines[LogBaselineKind.Uniform].StandardError));
        Assert.That(baselines[LogBaselineKind.RidgeArgmax].Value, Is.EqualTo(CandidateWorld.ValueOfRidge(held, fresh)).Within(4 * baselines[LogBaselineKind.RidgeArgmax].StandardError));
    }

    [Test]
    public void A_rule_sees_the_candidates()
    {
        var rows = CandidateWorld.Draw(3_000, seed: 6, minCandidates: 3);

        // Another observation than a policy's: the context alone.
        var columns = CandidateWorld.Columns with { Observation = "Context" };
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(Rule, CandidateRow.View(_ml, rows), columns);
        var truth = rows.Average(row => CandidateWorld.Worth(row)[Array.IndexOf(Rule(new LoggedContext(row.Context, row.Eligible.Select(value => value == 1).ToArray()) { ActionFeatures = row.Features }), 1.0)]);

        Assert.That(evaluation[OffPolicyEstimator.DR].Value, Is.EqualTo(truth).Within(4 * evaluation[OffPolicyEstimator.DR].StandardError));

        // The candidate with the largest first feature.
        static double[] Rule(LoggedContext context)
        {
            var (probabilities, best) = (new double[context.Eligible.Length], 0);
            for (var candidate = 0; candidate < probabilities.Length; candidate++)
            {
                if (context.Eligible.Span[candidate] && context.ActionFeatures.Span[candidate * CandidateWorld.Features] > context.ActionFeatures.Span[best * CandidateWorld.Features])
                    best = candidate;
            }

            probabilities[best] = 1;
            return probabilities;
        }
    }

    [Test]
    public void The_order_of_the_rows_and_the_number_of_threads_change_nothing()
    {
        var rows = CandidateWorld.Draw(600, seed: 7, minCandidates: 1);
        var options = Options with { HiddenLayers = [8], Iterations = 4 };
        using var policy = Policy(Learn(rows, CandidateWorld.Columns, options with { Threads = 1 }));
        using var other = Policy(Learn([.. rows.Reverse()], CandidateWorld.Columns, options with { Threads = 3 }));

        Assert.That(other.Onnx.ToArray(), Is.EqualTo(policy.Onnx.ToArray()));
        Assert.That(policy.Metadata.HasActionMask, Is.True);

        static Trpo.Onnx.PolicyTransformer Policy(TransformerChain<Trpo.Onnx.PolicyTransformer> model) => model.LastTransformer;
    }

    [Test]
    public void Trees_are_a_reward_model_of_all_candidates()
    {
        var (log, fresh) = (CandidateWorld.Draw(2_000, seed: 8), CandidateWorld.Draw(1_000, seed: 9));
        var model = Learn(log, CandidateWorld.Columns, Options with { Iterations = 10, RewardModel = RewardModel.Trainer(() => _ml.Regression.Trainers.FastTree(numberOfTrees: 30)) });

        Assert.That(CandidateWorld.Value(_ml, model, fresh).Greedy, Is.GreaterThan(0.6));
    }

    [TestCase(LearningEstimator.SNIPS, LearningStart.Uniform)]
    [TestCase(LearningEstimator.IPS, LearningStart.Uniform)]
    [TestCase(LearningEstimator.DR, LearningStart.LoggingPolicy)]
    public void Every_estimator_and_start_learns_among_candidates(LearningEstimator estimator, LearningStart start)
    {
        var (log, fresh) = (CandidateWorld.Draw(3_000, seed: 12, minCandidates: 3), CandidateWorld.Draw(1_000, seed: 13, minCandidates: 3));
        var model = Learn(log, CandidateWorld.Columns, Options with { Estimator = estimator, Start = start, Iterations = 25 });
        var value = CandidateWorld.Value(_ml, model, fresh).Greedy;
        TestContext.Out.WriteLine($"{value}");

        Assert.That(value, Is.GreaterThan(0.6));
    }

    [Test]
    public void A_log_without_a_context_is_learned_from_and_reported()
    {
        var rows = CandidateWorld.Draw(3_000, seed: 14, minCandidates: 3);

        // The reward is the sign of the first feature, in any context.
        foreach (var row in rows)
            row.Reward = row.Features[row.Action * CandidateWorld.Features] > 0 ? 1 : 0;
        var model = _ml.Transforms.Concatenate("Observation", "Features", "Eligible").Append(_ml.ReinforcementLearning.Trainers.TrpoFromLog(CandidateWorld.Columns, Options with { Iterations = 15 })).Fit(CandidateRow.View(_ml, rows));
        var fresh = CandidateWorld.Draw(1_000, seed: 15, minCandidates: 3);
        var chosen = model.Transform(CandidateRow.View(_ml, fresh)).GetColumn<uint>("Action").ToArray();
        using var folder = new Support.TemporaryFolder();
        var path = folder.PathOf("report.html");
        Trpo.Reports.LogEvaluationReport.Save(_ml.ReinforcementLearning.EvaluateFromLog(model, CandidateRow.View(_ml, rows), CandidateWorld.Columns), path, "Candidates");

        Assert.That(fresh.Where((row, i) => row.Features[((int)chosen[i] - 1) * CandidateWorld.Features] > 0).Count(), Is.GreaterThan(900));
        Assert.That(File.ReadAllText(path), Does.Contain("ridge argmax").And.Not.Contain("best single action"));
    }

    private TransformerChain<Trpo.Onnx.PolicyTransformer> Learn(IReadOnlyList<CandidateRow> rows, LogColumns columns, TrpoFromLogOptions options) =>
        CandidateWorld.Pipeline(_ml).Append(_ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, options)).Fit(CandidateRow.View(_ml, rows));
}

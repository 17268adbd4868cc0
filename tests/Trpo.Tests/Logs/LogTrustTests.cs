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
    [TestCase(1e-170, "the effective sample size is 1 of 400 rows")]
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
    public void Effective_sizes_do_not_depend_on_a_scale([Values(1e-200, 1, 1e200)] double scale)
    {
        Assert.That(WeightStatistics.EffectiveSize([scale, 2 * scale, 0]), Is.EqualTo(1.8).Within(1e-12));
        Assert.That(WeightStatistics.EffectiveSize([]), Is.Zero);
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

    private LogEvaluation Evaluate(Decision[] rows) => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, rows), Columns);
}

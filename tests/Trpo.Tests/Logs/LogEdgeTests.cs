using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs;

/// <summary>Tests of logs at the edge of what can be evaluated: no row or few, one action, weights that are all zero or infinite, levels next to one.</summary>
public sealed class LogEdgeTests
{
    private static readonly LogColumns Decisions = new();
    private static readonly LogColumns Episodes = new() { Episode = "Episode", Step = "Step" };

    private readonly MLContext _ml = new(seed: 1);

    [TestCase(0, "The log has 0 rows;")]
    [TestCase(1, "The log has 1 row;")]
    public void Less_than_two_rows_are_refused_and_found(int count, string message)
    {
        var view = View(Log(), count);
        foreach (var columns in new[] { Decisions, Episodes })
        {
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], view, columns), Throws.TypeOf<LogException>().With.Message.StartsWith(message));
            Assert.That(_ml.ReinforcementLearning.CheckLog(view, columns).Findings.Select(finding => finding.Message), Has.One.StartsWith(message));
        }

        Assert.That(_ml.ReinforcementLearning.CheckLog(view, Episodes).Findings.Select(finding => finding.Fault), Has.Member(LogFault.TooFewEpisodes));
        Assert.That(() => _ml.ReinforcementLearning.Trainers.TrpoFromLog(Decisions).Fit(view), Throws.TypeOf<LogException>().With.Message.StartsWith(message));
    }

    [Test]
    public void Two_rows_are_evaluated_and_not_trusted([Values] bool isEpisodes)
    {
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], View([.. Log().Select((row, i) => row with { Episode = i, Step = 0 })], 2), isEpisodes ? Episodes : Decisions);

        Assert.That(evaluation.Estimates.Select(estimate => estimate.Value), Is.All.Matches<double>(double.IsFinite));
        Assert.That(evaluation.Doubt, Does.StartWith(isEpisodes ? "the effective number of episodes is 2 of 2" : "the effective sample size is 2 of 2 rows"));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void One_action_is_worth_what_the_log_has([Values] bool isEpisodes)
    {
        Decision[] rows = [.. Log().Select(row => row with { Action = 0, Probability = 1, Eligible = [1] })];
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => [1], Decision.View(_ml, rows), (isEpisodes ? Episodes : Decisions) with { Eligible = "Eligible" });
        var mean = rows.Average(row => row.Reward) * (isEpisodes ? 5 : 1);

        Assert.That(evaluation.DoublyRobust.Value, Is.EqualTo(mean).Within(1e-9));
        Assert.That(evaluation.SelfNormalized.Value, Is.EqualTo(mean).Within(1e-9));
        Assert.That(evaluation.Baselines.Select(baseline => baseline.Value), Is.All.EqualTo(mean).Within(1e-9));
        Assert.That((evaluation.Gain.Verdict, evaluation.UntriedProbability), Is.EqualTo((LogVerdict.Undecided, 0.0)));
        Assert.That(evaluation.Baselines.Select(baseline => baseline.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void Probabilities_of_a_single_action_that_are_below_one_are_found()
    {
        Decision[] rows = [.. Log().Select(row => row with { Action = 0, Probability = 0.5, Eligible = [1] })];

        Assert.That(_ml.ReinforcementLearning.EvaluateFromLog(_ => [1], Decision.View(_ml, rows), Decisions with { Eligible = "Eligible" }).Doubt, Does.StartWith("the mean weight is 2 ± 0, where 1 is expected"));
        Assert.That(_ml.ReinforcementLearning.EvaluateFromLog(_ => [1], Decision.View(_ml, rows), Episodes with { Eligible = "Eligible" }).Doubt, Does.StartWith("the mean weight of single steps is 2 ± 0, where 1 is expected"));
    }

    // The policy takes the other action, which other rows have.
    [Test]
    public void Weights_that_are_all_zero_leave_estimates_without_a_number_and_no_verdict([Values] bool isEpisodes)
    {
        Decision[] rows = [.. Log().Select(row => row with { Observation = [row.Action, 0] })];
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(context => context.Observation.Span[0] == 0 ? [0, 1] : [1, 0], Decision.View(_ml, rows), isEpisodes ? Episodes : Decisions);

        Assert.That((evaluation.EffectiveSampleSize, evaluation.RewardedMatches, evaluation.MaxWeight, evaluation.MeanWeight), Is.EqualTo((0.0, 0.0, 0.0, 0.0)));
        Assert.That(evaluation.Doubt, Does.StartWith(isEpisodes ? "the effective number of episodes is 0 of 80" : "the effective sample size is 0 of 400 rows"));
        Assert.That((evaluation.SelfNormalized.Value, evaluation.SelfNormalized.Interval, evaluation.SelfNormalized.NoIntervalReason), Is.EqualTo((double.NaN, (object?)null, "The policy would have taken none of the logged actions.")));
        Assert.That(evaluation.Overlap.Select(bin => (bin.Rows, bin.WeightShare)).First(), Is.EqualTo((isEpisodes ? 80 : 400, 0.0)));
        Assert.That(evaluation.Overlap.Select(bin => bin.WeightShare), Is.All.Zero);
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
        Assert.That(evaluation.Baselines.Select(baseline => baseline.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
        Assert.That(evaluation.ToString(), Does.Contain("Not to be trusted"));
    }

    [Test]
    public void An_infinite_weight_has_all_of_the_share_and_is_one_effective_row()
    {
        var rows = Log();
        rows[5] = rows[5] with { Probability = 1e-320 };
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, rows), Decisions);

        Assert.That(evaluation.Overlap.Select(bin => bin.WeightShare), Is.EqualTo(Enumerable.Repeat(0.0, 10).Append(1)));
        Assert.That((evaluation.SelfNormalized.Value, evaluation.SelfNormalized.NoIntervalReason), Is.EqualTo((double.NaN, "Rewards or weights are too large for numbers.")));
        Assert.That((evaluation.EffectiveSampleSize, WeightStatistics.EffectiveSize([double.PositiveInfinity, 1, double.PositiveInfinity])), Is.EqualTo((1.0, 2.0)));
        Assert.That(_ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, rows), Episodes).Doubt, Does.StartWith("the weight of a step is Infinity: the probability of a logged action is too small"));
    }

    [Test]
    public void Levels_next_to_one_have_intervals_that_are_numbers()
    {
        var level = Math.BitDecrement(1.0);
        var evaluation = _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, Log()), Decisions, new LogEvaluationOptions { Level = level, VerdictLevel = level });
        var interval = evaluation.DoublyRobust.Interval!.Value;

        Assert.That((interval.High - evaluation.DoublyRobust.Value) / evaluation.DoublyRobust.StandardError, Is.InRange(8.0, 9.0));
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
    }

    private static Decision[] Log() => [.. LogRefusalTests.Log().Select((row, i) => row with { Episode = i / 5, Step = i % 5 })];

    private IDataView View(Decision[] rows, int count) => _ml.Data.SkipRows(Decision.View(_ml, rows), rows.Length - count);
}

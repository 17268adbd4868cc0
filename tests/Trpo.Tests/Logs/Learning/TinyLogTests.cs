using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests of learning where the best policy can be derived.</summary>
public sealed class TinyLogTests
{
    [Test]
    public void The_best_policy_of_a_tiny_log_is_found([Values] LearningEstimator estimator, [Values] LearningStart start)
    {
        var reports = new Reports();
        using var policy = TinyLog.Learn(TinyLog.Rows(), new TrpoFromLogOptions { Estimator = estimator, Start = start, Progress = reports, MinEffectiveRows = 0, TrustRegion = new() { MaxKl = 0.1 } });
        var scores = SyntheticWorld.Scores(policy, TinyLog.Contexts);

        Assert.That(scores[0][0], Is.GreaterThan(0.97));
        Assert.That(scores[1][1], Is.GreaterThan(0.97));
        Assert.That(reports.Last.Value, Is.EqualTo(1).Within(0.15), "of the rows that are not held out, which are about half of each kind");
        Assert.That(reports.Iterations.Select(iteration => iteration.Update.MeanKl), Is.All.LessThanOrEqualTo(0.1));
    }

    [Test]
    public void The_bound_on_effective_rows_ends_learning_where_it_must()
    {
        // With the probability m of the right action, weights are 2 m and 2 (1 - m), and N / (2 (m^2 + (1 - m)^2)) rows are effective: 70 % of them at m = 0.8273.
        var reports = new Reports();
        using var policy = TinyLog.Learn(TinyLog.Rows(), new TrpoFromLogOptions { HeldOutShare = 0, MinEffectiveRows = 56, Progress = reports });
        var scores = SyntheticWorld.Scores(policy, TinyLog.Contexts);

        Assert.That(reports.Last.Outcome, Is.EqualTo(LearningOutcome.EffectiveRowsReached));
        Assert.That(reports.Last.RefusedTrials, Is.EqualTo(10), "all trials of the last line search");
        Assert.That(reports.Last.Update.Outcome, Is.EqualTo(TrustRegionOutcome.NonFinite));
        Assert.That(reports.Iterations.Select(iteration => iteration.EffectiveRows), Is.All.GreaterThanOrEqualTo(56));
        Assert.That((scores[0][0] + scores[1][1]) / 2, Is.EqualTo(0.8273).Within(0.002));
        Assert.That(policy.Metadata.Provenance["outcome"], Is.EqualTo("EffectiveRowsReached"));
    }

    [Test]
    public void A_bound_above_the_start_lets_the_policy_change_without_losing_rows()
    {
        var reports = new Reports();
        TinyLog.Learn(TinyLog.Rows(), new TrpoFromLogOptions { HeldOutShare = 0, MinEffectiveRows = 1_000, Progress = reports }).Dispose();

        Assert.That(reports.Last.EffectiveRows, Is.EqualTo(80).Within(1e-9), "the uniform policy has all rows, and every change loses some");
        Assert.That(reports.Last.Outcome, Is.EqualTo(LearningOutcome.EffectiveRowsReached));
    }

    [Test]
    public void An_action_that_was_never_taken_is_not_learned()
    {
        Decision[] rows = [.. TinyLog.Rows().Select(row => row with { Action = 2 * row.Action })];
        using var policy = TinyLog.Learn(rows);
        var scores = SyntheticWorld.Scores(policy, TinyLog.Contexts);

        Assert.That(policy.Metadata.Actions.ScoreNames, Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(scores.Select(score => score[1]), Is.All.LessThan(1e-6));
        Assert.That(scores[0][0], Is.GreaterThan(0.6));
    }

    [Test]
    public void The_start_imitates_the_logging_policy()
    {
        // Action 0 three times of four in the first context, one of four in the second; nothing is learned behind.
        Decision[] rows = [.. Enumerable.Range(0, 400).Select(i => new Decision { Observation = TinyLog.Contexts[i % 2], Action = i / 2 % 4 == 0 == (i % 2 == 0) ? 1 : 0, Probability = i / 2 % 4 == 0 ? 0.25 : 0.75, Reward = i % 3 })];
        using var policy = TinyLog.Learn(rows, new TrpoFromLogOptions { Start = LearningStart.LoggingPolicy, MinEffectiveRows = 1e9, HeldOutShare = 0, Iterations = 1, TrustRegion = new() { MaxKl = 1e-7 } });
        var scores = SyntheticWorld.Scores(policy, TinyLog.Contexts);

        Assert.That(scores[0][0], Is.EqualTo(0.75).Within(0.02));
        Assert.That(scores[1][0], Is.EqualTo(0.25).Within(0.02));
    }

    [Test]
    public void The_result_selects_actions_and_names_columns_as_asked()
    {
        using var policy = TinyLog.Learn(TinyLog.Rows(), new TrpoFromLogOptions { Selection = ActionSelection.Sample(seed: 5), Columns = new PolicyColumns("Ignored", "Choice", "Chances") { Probability = "Chance" } }, new LogColumns(Action: "Name"));

        Assert.That(policy.Selection.IsSampled, Is.True);
        Assert.That(policy.Columns, Is.EqualTo(new PolicyColumns("Observation", "Choice", "Chances") { Probability = "Chance" }));
        Assert.That(policy.Metadata.Actions.ScoreNames, Is.EqualTo(new[] { "left", "right" }));
        Assert.That(policy.Metadata.Provenance["trainer"], Is.EqualTo("Trpo.MLNet TRPO from a log"));
    }
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Checking;

namespace Trpo.Tests.Logs;

/// <summary>Tests of the findings about a log as a whole. <see cref="LogRefusalTests"/> has those of single rows.</summary>
public sealed class LogCheckTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void A_log_without_a_fault_has_no_findings(string name)
    {
        var log = LogFixture.Load(name);
        var report = Check(Decision.Of(log), Columns with { Eligible = log.Eligible is null ? null : "Eligible" });

        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.HasErrors, Is.False);
        Assert.That(report.ThrowIfFailed, Throws.Nothing);
        Assert.That((report.Rows, report.ActionNames.Count), Is.EqualTo((200, 5)));
        Assert.That(report.ToString(), Is.EqualTo("Log: 0 errors, 0 warnings; 200 rows, 5 actions"));
    }

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void The_inverse_propensities_agree_with_the_fixtures(string name)
    {
        var log = LogFixture.Load(name);
        for (var action = 0; action < 5; action++)
        {
            var tally = new ActionTally();
            foreach (var (taken, probability) in log.Actions.Zip(log.Propensities).Where(pair => pair.First == action))
                tally.Take(probability);
            var (mean, expected, error) = tally.Compare(200);
            var (fixture, fixtureError) = log.InversePropensities[action];

            Assert.That(mean, Is.EqualTo(fixture).Within(1e-9));
            Assert.That(expected, Is.EqualTo(1), "nothing is forbidden");
            Assert.That(error, Is.EqualTo(fixtureError).Within(1e-9));
        }
    }

    [Test]
    public void Rewards_whose_squares_are_beyond_all_numbers_are_found()
    {
        var report = Check([.. LogRefusalTests.Log().Select(row => row with { Reward = row.Reward * 1e160 })]);

        Assert.That(report.HasErrors, Is.True);
        Assert.That(report.Findings.Single(finding => finding.Fault == LogFault.RewardsTooLarge).Message, Does.Contain("beyond all numbers").And.Contain("Divide the rewards"));
    }

    [Test]
    public void Guessed_probabilities_are_found()
    {
        // Action 1 is taken in nine rows of ten, but all probabilities are one half.
        var report = Check([.. LogRefusalTests.Log().Select((row, i) => row with { Action = i % 10 == 0 ? 0 : 1, Probability = 0.5 })]);

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { LogFault.ProbabilitiesContradictActions, LogFault.ProbabilitiesContradictActions, LogFault.ProbabilitiesEqual }));
        Assert.That(report.Findings[0].Message, Does.Contain("Action '0' was taken less often than its probabilities say").And.Contain("is 0.2 ±").And.Contain("where 1 is expected"));
        Assert.That(report.Findings[1].Message, Does.Contain("Action '1' was taken more often").And.Contain("is 1.8 ±"));
        Assert.That(report.Findings[2].Message, Does.Contain("are 0.5"));
        Assert.That(report.HasErrors, Is.True);
    }

    [Test]
    public void A_mask_that_was_not_logged_contradicts_the_probabilities()
    {
        var log = LogFixture.Load("masked");

        Assert.That(Check(Decision.Of(log)).Findings.Select(finding => finding.Fault), Has.Some.EqualTo(LogFault.ProbabilitiesContradictActions));
    }

    [Test]
    public void Actions_that_were_never_taken_and_equal_rewards_are_warnings()
    {
        var view = Decision.View(_ml, [.. LogRefusalTests.Log().Select(row => row with { Reward = 2, Eligible = [1, 1, 1, 0] })]);
        var report = _ml.ReinforcementLearning.CheckLog(view, Columns with { Eligible = "Eligible" });

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { LogFault.ActionNeverTaken, LogFault.RewardsEqual }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("No row has action '2'"), "action 3 was never eligible");
        Assert.That(report.Findings[1].Message, Does.Contain("'Reward' are 2"));
        Assert.That(report.HasErrors, Is.False);
        Assert.That(report.ActionNames, Is.EqualTo(new[] { "0", "1", "2", "3" }));
    }

    [Test]
    public void One_action_and_too_few_rows_are_errors()
    {
        var report = Check([.. LogRefusalTests.Log().Select(row => row with { Action = 1, Probability = 0.9 })]);

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { LogFault.OneActionOnly, LogFault.ProbabilitiesEqual }));
        Assert.That(report.Findings[0].Message, Does.Contain("All rows have action '1'"));
        Assert.That(Check([.. LogRefusalTests.Log().Take(1)]).Findings.Single().Fault, Is.EqualTo(LogFault.TooFewRows));
    }

    [Test]
    public void Rows_that_were_logged_twice_are_found()
    {
        var rows = LogRefusalTests.Log();
        var report = Check([.. rows, .. rows.Take(30)]);
        var alike = Check([.. rows.Select(row => row with { Observation = [row.Observation[0] % 3, 0] })]);

        Assert.That(report.Findings.Single().Fault, Is.EqualTo(LogFault.DuplicateRows), report.ToString());
        Assert.That(report.Findings[0].Row, Is.EqualTo(400));
        Assert.That(report.Findings[0].Message, Does.Contain("Row 400 (from 0)").And.Contain("30 rows of 430"));
        Assert.That(alike.Findings, Is.Empty, "three kinds of contexts repeat by their nature");
        Assert.That(Check([.. rows.Select(row => row with { Observation = [row.Observation[0] % 40, 0] })]).Findings, Is.Empty, "as do forty");
    }

    [Test]
    public void A_log_that_was_written_three_times_is_found()
    {
        var rows = LogRefusalTests.Log();
        var finding = Check([.. rows, .. rows, .. rows]).Findings.Single();

        Assert.That((finding.Fault, finding.Row), Is.EqualTo((LogFault.DuplicateRows, (long?)400)));
        Assert.That(finding.Message, Does.Contain("800 rows of 1200").And.Contain("by the identifier of the decision, never by content"));
    }

    [Test]
    public void Missing_rewards_do_not_accuse_the_probabilities()
    {
        // Clicks without a join: two rewards of three are missing, for one action only.
        var report = Check([.. LogRefusalTests.Log().Select((row, i) => row.Action == 1 && i % 3 > 0 ? row with { Reward = double.NaN } : row)]);

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { LogFault.RewardNotFinite }), report.ToString());
    }

    [Test]
    public void Many_rows_with_a_fault_are_one_finding()
    {
        var report = Check([.. LogRefusalTests.Log().Select((row, i) => i % 10 == 7 ? row with { Reward = double.NaN } : row)]);

        Assert.That(report.Findings.Single().Message, Does.StartWith("In row 7 (from 0)").And.EndWith("40 rows have this fault."));
        Assert.That(report.Findings[0].Row, Is.EqualTo(7));
    }

    [Test]
    public void A_view_without_observations_is_checked_too()
    {
        var view = _ml.Transforms.DropColumns("Observation").Fit(Decision.View(_ml, LogRefusalTests.Log())).Transform(Decision.View(_ml, LogRefusalTests.Log()));

        Assert.That(_ml.ReinforcementLearning.CheckLog(view, Columns).Findings, Is.Empty);
        Assert.That(() => _ml.ReinforcementLearning.CheckLog(view, Columns with { Action = "Name", Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("MapValueToKey"));
    }

    private LogReport Check(Decision[] rows, LogColumns? columns = null) => _ml.ReinforcementLearning.CheckLog(Decision.View(_ml, rows), columns ?? Columns);
}

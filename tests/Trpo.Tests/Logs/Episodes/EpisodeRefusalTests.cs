using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Checking;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Tests that a log whose episodes or steps are faulty is refused and found.</summary>
public sealed class EpisodeRefusalTests
{
    private static readonly LogColumns Columns = new() { Episode = "Episode", Step = "Step" };

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_step_that_occurs_twice_is_refused_and_found()
    {
        var rows = Log();
        rows[8] = rows[8] with { Step = 2 };

        AssertFault(rows, LogFault.StepRepeated, 8, "In row 8 (from 0), column 'Step' has step 2 of episode '1', which row 7 has as well.");
    }

    [Test]
    public void A_step_that_is_missing_is_refused_and_found()
    {
        Decision[] rows = [.. Log().Where((_, i) => i is not (11 or 30 or 32))];

        AssertFault(rows, LogFault.StepMissing, 11, "In row 11 (from 0), column 'Step' has step 2 of episode '2', and the one before is 0. Steps are counted by one");
        Assert.That(Check(rows).Findings[0].Message, Does.EndWith("3 rows have this fault."));
    }

    [Test]
    public void An_episode_without_its_beginning_is_refused_and_found()
    {
        Decision[] rows = [.. Log().Where((_, i) => i is not (10 or 11))];

        AssertFault(rows, LogFault.StepMissing, 10, "has step 2 of episode '2', its first one, where the episodes of the log begin with 0.");
    }

    [TestCase(double.NaN, "is NaN.")]
    [TestCase(double.PositiveInfinity, "is Infinity.")]
    [TestCase(1.5, "is 1.5. Number the rows of each episode by whole numbers from 0")]
    public void A_step_that_is_no_whole_number_is_refused_and_found(double step, string message)
    {
        var rows = Log();
        rows[6] = rows[6] with { Step = step };

        AssertFault(rows, LogFault.StepInvalid, 6, $"In row 6 (from 0), the step in column 'Step' {message}");
        Assert.That(Check(rows).Findings.Select(finding => finding.Fault), Has.None.EqualTo(LogFault.StepMissing), "the gap is that of the row");
    }

    [Test]
    public void A_row_of_no_episode_is_refused_and_found()
    {
        Decision[] rows = [.. Log().Select((row, i) => row with { Name = i == 6 ? "" : $"game {row.Episode}", LogProbability = i == 6 ? double.NaN : row.Episode })];

        AssertFault(rows, LogFault.EpisodeMissing, 6, "In row 6 (from 0), column 'Name' names no episode.", Columns with { Episode = "Name" });
        AssertFault(rows, LogFault.EpisodeMissing, 6, "column 'LogProbability' names no episode.", Columns with { Episode = "LogProbability" });
    }

    [Test]
    public void Less_than_two_episodes_are_refused_and_found()
    {
        Decision[] rows = [.. Log().Select((row, i) => row with { Episode = 3, Step = i })];

        AssertFault(rows, LogFault.TooFewEpisodes, null, "The log has 1 episode in column 'Episode'");
    }

    [Test]
    public void Columns_of_another_type_and_steps_without_episodes_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Evaluate(Log(), Columns with { Episode = "Game" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find episode column 'Game'"));
            Assert.That(() => Evaluate(Log(), Columns with { Step = "Turn" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find step column 'Turn'"));
            Assert.That(() => Evaluate(Log(), Columns with { Episode = "Observation" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("episode column 'Observation': expected a key, a number or a text"));
            Assert.That(() => Evaluate(Log(), Columns with { Step = "Name" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("step column 'Name': expected a number"));
            Assert.That(() => Evaluate(Log(), Columns with { Episode = null }), Throws.ArgumentException.With.Message.Contains("LogColumns.Step is 'Step', but no column names the episodes"));
            Assert.That(() => _ml.ReinforcementLearning.Trainers.TrpoFromLog(Columns), Throws.ArgumentException.With.Message.Contains("LogColumns.Episode is 'Episode', but TrpoFromLog learns from decisions"));
            Assert.That(() => Evaluate(Log(), Columns with { ActionFeatures = "Observation", Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("a column of episodes, 'Episode', and one of features of candidates, 'Observation'"));
            Assert.That(() => Check(Log(), Columns with { ActionFeatures = "Observation", Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("a column of episodes, 'Episode', and one of features of candidates, 'Observation'"), "nothing would take a log that the check passes");
            Assert.That(() => Check(Log(), Columns with { Episode = null }), Throws.ArgumentException.With.Message.Contains("LogColumns.Episode"));
        });
    }

    [Test]
    public void A_discount_out_of_range_is_refused([Values(0, -0.5, 1.01, double.NaN)] double discount) =>
        Assert.That(() => Evaluate(Log(), Columns, new LogEvaluationOptions { Discount = discount }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Discount must be above 0 and at most 1"));

    [Test]
    public void A_discount_without_episodes_is_refused() =>
        Assert.That(() => Evaluate(Log(), Columns with { Episode = null, Step = null }, new LogEvaluationOptions { Discount = 0.9 }), Throws.ArgumentException.With.Message.Contains("Discount is 0.9, but decisions without episodes have no steps"));

    [Test]
    public void Episodes_without_a_fault_have_no_findings()
    {
        var report = Check(Log());

        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.Episodes, Is.EqualTo(80));
        Assert.That(report.ToString(), Does.EndWith("400 rows, 80 episodes, 2 actions"));
        Assert.That(Check(Log(), new LogColumns()).Episodes, Is.Null);
        Assert.That(Check([.. Log().Where(row => row.Step == 0 || row.Episode > 5)]).Findings, Is.Empty, "an episode may have one row only");
    }

    private void AssertFault(Decision[] rows, LogFault fault, long? row, string message, LogColumns? columns = null)
    {
        var finding = Check(rows, columns).Findings.Single(finding => finding.Fault == fault);

        Assert.That((finding.Row, finding.Severity.ToString()), Is.EqualTo((row, "Error")));
        Assert.That(finding.Message, Does.Contain(message));
        Assert.That(() => Evaluate(rows, columns ?? Columns), Throws.TypeOf<LogException>().With.Message.Contains(message).And.Property(nameof(LogException.Row)).EqualTo(row));
    }

    // 80 episodes of five rows, one after the other.
    private static Decision[] Log() => [.. LogRefusalTests.Log().Select((row, i) => row with { Episode = i / 5, Step = i % 5 })];

    private LogReport Check(Decision[] rows, LogColumns? columns = null) => _ml.ReinforcementLearning.CheckLog(Decision.View(_ml, rows), columns ?? Columns);

    private LogEvaluation Evaluate(Decision[] rows, LogColumns columns, LogEvaluationOptions? options = null) => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, rows), columns, options ?? new LogEvaluationOptions());
}

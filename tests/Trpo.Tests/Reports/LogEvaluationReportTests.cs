using System.Text.RegularExpressions;
using System.Xml.Linq;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Reports;
using Trpo.Tests.Logs;
using Trpo.Tests.Logs.Episodes;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>Tests of the report of an evaluation from a log.</summary>
public sealed partial class LogEvaluationReportTests
{
    [Test]
    public void The_page_has_the_verdict_the_estimates_and_four_pictures()
    {
        var evaluation = Evaluate(SyntheticLog.Load().Draw(8_000, seed: 1));
        var page = Save(evaluation, "softmax(3 q)");

        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(evaluation.Baselines.Select(baseline => baseline.Verdict), Is.EqualTo(new[] { LogVerdict.Better, LogVerdict.Better, LogVerdict.Better, LogVerdict.Worse }), "the last one has learned");
        Assert.That(page, Does.Contain("<span class=\"grade\">Not above all</span>"));
        Assert.That(page, Does.Contain("<h1>softmax(3 q)</h1>").And.Contain("class=\"badge good\">Better than the log<").And.Contain("8,000"));
        Assert.That(Pictures(page).Select(picture => picture.Id), Is.EqualTo(new[] { "estimates", "actions", "overlap", "calibration" }));
        foreach (var name in evaluation.Estimates.Select(estimate => $"{estimate.Estimator}"))
            Assert.That(TextsOf(page, "estimates"), Has.Member(name));
        Assert.That(TextsOf(page, "estimates"), Is.SupersetOf(new[] { "the log", "uniform", "best single action", "ridge argmax", "reward per decision" }));
        Assert.That(TextsOf(page, "overlap"), Is.SupersetOf(new[] { "0", "<1/16", "1/2", "1", "16+" }));
        Assert.That(TextsOf(page, "actions"), Is.SupersetOf(Enumerable.Range(0, 10).Select(action => $"{action}")));
        Assert.That(page, Does.Contain("none: The error of the reward model is in no standard error."));
        Assert.That(page, Does.Contain("the nearer to 1 are the weights").And.Not.Contain("have the weight 0"));
    }

    [Test]
    public void The_page_of_episodes_speaks_of_returns()
    {
        var evaluation = Evaluate(new MarkovLog(states: 6, horizon: 8, distance: 0.15).Draw(600, seed: 1));
        var page = Save(evaluation, "patient");

        Assert.That(page, Does.Contain("class=\"badge good\">Better than the log<").And.Contain("return per episode, by WDR").And.Contain("by WPDIS, at a level").And.Contain("4,800").And.Contain("effective episodes"));
        Assert.That(page, Does.Not.Contain("reward per decision").And.Not.Contain("NaN"));
        Assert.That(page, Does.Contain("Consistency of the model of the values").And.Contain("WDR varies more than it could").And.Contain("which does not show that its values are right").And.Not.Contain("predictions are right on average"));
        Assert.That(Pictures(page).Select(picture => picture.Id), Is.EqualTo(new[] { "estimates", "actions", "overlap", "calibration" }));
        Assert.That(TextsOf(page, "estimates"), Is.SupersetOf(new[] { "DM", "PDIS", "WPDIS", "WDR", "the log", "uniform", "return per episode" }));
        Assert.That(evaluation.Overlap.Sum(bin => bin.Rows), Is.EqualTo(600));
    }

    [Test]
    public void Doubt_is_shown_before_any_verdict()
    {
        var log = LogFixture.Load("no-overlap");
        var rows = new LoggedRows(log.Policy[0].Length, log.Context[0].Length) { Actions = log.Actions, Propensities = log.Propensities, Rewards = log.Rewards, Observations = [.. log.Context.SelectMany(row => row)] };
        var page = Save(Evaluate(new LoadedLog(rows, [.. log.Policy.SelectMany(row => row)], [.. Enumerable.Range(0, rows.ActionCount).Select(action => $"{action}")])), "far away");

        Assert.That(page, Does.Contain("class=\"badge look\">Not to be trusted<").And.Contain("The effective sample size is 1 of 200 rows"));
        Assert.That(Pictures(page).Count(), Is.EqualTo(4));
    }

    // The weights of a policy that draws nothing are 0 and 5.
    [Test]
    public void The_weights_of_a_deterministic_policy_are_not_expected_near_1()
    {
        var rows = new LoggedRows(5, 0) { Actions = [.. Enumerable.Range(0, 1_000).Select(row => row % 5)], Propensities = [.. Enumerable.Repeat(0.2, 1_000)], Rewards = [.. Enumerable.Range(0, 1_000).Select(row => (double)(row % 7))], Observations = [] };
        var page = Save(Evaluate(new LoadedLog(rows, [.. Enumerable.Range(0, 1_000).SelectMany(_ => new double[] { 1, 0, 0, 0, 0 })], ["a", "b", "c", "d", "e"])), "always a");

        Assert.That(page, Does.Contain("80 % of the rows have the weight 0").And.Contain("each for as many as its weight").And.Not.Contain("near 1"));
    }

    // No action of the policy is in the log, all rewards are equal, and one observation is all there is.
    [Test]
    public void Estimates_that_are_no_numbers_leave_a_page()
    {
        var rows = new LoggedRows(2, 0) { Actions = [0, 0, 0], Propensities = [0.5, 0.5, 0.5], Rewards = [1e300, 1e300, 1e300], Observations = [] };
        var page = Save(Evaluate(new LoadedLog(rows, [0, 1, 0, 1, 0, 1], ["a", "b"])), "none");

        Assert.That(Pictures(page).Count(), Is.EqualTo(4));
        Assert.That(page, Does.Not.Contain("NaN").And.Not.Contain("Infinity").And.Not.Contain("∞").And.Not.Contain("<td>–</td>"));
        Assert.That(TextsOf(page, "estimates"), Has.Member("no estimate"), "SNIPS is a ratio of nothing");
        Assert.That(page, Does.Contain(">no estimate<").And.Contain("none: The policy would have taken none of the logged actions.").And.Contain("never taken"));
    }

    [Test]
    public void Of_many_actions_the_ones_that_move_most_are_drawn_and_names_are_texts()
    {
        const int Count = 60;
        var random = new Trpo.Runtime.Randomness.RandomSource(1);
        int[] actions = [.. Enumerable.Range(0, 600).Select(_ => random.NextInt(Count))];
        var rows = new LoggedRows(Count, 0) { Actions = actions, Propensities = [.. actions.Select(_ => 1.0 / Count)], Rewards = [.. actions.Select(action => (double)(action % 2))], Observations = [] };
        double[] policy = [.. actions.SelectMany(_ => Enumerable.Range(0, Count).Select(action => action == 59 ? 1.0 : 0))];
        var page = Save(Evaluate(new LoadedLog(rows, policy, [.. Enumerable.Range(0, Count).Select(action => action == 59 ? "<b>the last of all actions</b>" : $"{action}")])), "<script>alert(1)</script>");

        Assert.That(TextsOf(page, "actions")[12..], Is.Not.Empty);
        Assert.That(TextsOf(page, "actions"), Has.Member("<b>the last of al…").And.Some.EqualTo("share of the decisions"));
        Assert.That(page, Does.Contain("The 12 of 60 actions"));
        Assert.That(page, Does.Not.Contain("<b>").And.Not.Contain("<script"));
        Assert.That(Rows().Count(page), Is.EqualTo(3 + 7 + 4 + Count), "the tables have all");
    }

    [Test]
    public void A_report_is_written_whole_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        var evaluation = Evaluate(SyntheticLog.Load().Draw(300, seed: 1));

        LogEvaluationReport.Save(evaluation, folder.PathOf("new", "report.html"));
        Directory.CreateDirectory(folder.PathOf("new", "taken.html"));

        Assert.That(() => LogEvaluationReport.Save(evaluation, folder.PathOf("new", "taken.html")), Throws.InstanceOf<SystemException>());
        Assert.That(() => LogEvaluationReport.Save(evaluation, folder.PathOf("new", "other.html"), ""), Throws.ArgumentException);
        Assert.That(Directory.GetFiles(folder.PathOf("new")).Select(Path.GetFileName), Is.EqualTo(new[] { "report.html" }));
    }

    private static LogEvaluation Evaluate(LoadedLog log) => LogEvaluator.Run(() => log, new LogEvaluationOptions(), () => { });

    private static string Save(LogEvaluation evaluation, string title)
    {
        using var folder = new TemporaryFolder();
        LogEvaluationReport.Save(evaluation, folder.PathOf("report.html"), title);
        return File.ReadAllText(folder.PathOf("report.html"));
    }

    private static IEnumerable<(string Id, XElement Picture)> Pictures(string page) => Figures().Matches(page).Select(figure => (figure.Groups[1].Value, XElement.Parse(figure.Groups[2].Value)));

    private static string[] TextsOf(string page, string id) => [.. Pictures(page).Single(picture => picture.Id == id).Picture.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    [GeneratedRegex("<figure id=\"([a-z]+)\">.*?(<svg .*?</svg>)", RegexOptions.Singleline)]
    private static partial Regex Figures();

    [GeneratedRegex("<tr>")]
    private static partial Regex Rows();
}

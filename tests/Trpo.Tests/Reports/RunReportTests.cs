using System.Text.RegularExpressions;
using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Charts;
using Trpo.Reports.Descriptions;
using Trpo.Reports.History;
using Trpo.Reports.Html;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed partial class RunReportTests
{
    [Test]
    public void A_page_and_a_picture_of_each_chart_are_written()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(20));
        var written = RunReport.Save(folder.Path);

        Assert.That(written[0], Is.EqualTo(folder.Report));
        Assert.That(written, Has.Count.EqualTo(11).And.All.Exist);
        foreach (var picture in written.Skip(1))
            Assert.That(File.ReadAllBytes(picture).Take(8), Is.EqualTo(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }));
    }

    [Test]
    public void A_report_can_be_made_during_the_run_from_the_first_iteration_on()
    {
        using var folder = new RunFolder();
        using var recorder = new RunRecorder(folder.Path, RunDescription.Create("CartPole", 1, new TrpoOptions()));
        recorder.Report(Iterations.Healthy(1));
        RunReport.Save(folder.Path);

        Assert.That(File.ReadAllText(folder.Report), Does.Contain("Stopped, or still running, at step 500 of 50,000").And.Contain("too early to say"));
    }

    [Test]
    public void The_page_shows_sessions_and_marks_options_that_differ_from_the_defaults()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(30), RunDescription.Create("CartPole", 8, new TrpoOptions { Seed = 3, Discount = 0.97 }));
        folder.Record(Iterations.HealthyRun(30).Skip(20));
        RunReport.Save(folder.Path);
        var page = File.ReadAllText(folder.Report);

        Assert.That(page, Does.Contain("seed 3").And.Contain("resumed 1 time").And.Contain("Session 2").And.Contain("from iteration 21").And.Contain(">Finished<"));
        Assert.That(Changed().Matches(page).Select(match => match.Groups[1].Value), Is.EquivalentTo(new[] { "discount", "seed" }));
        Assert.That(page, Does.Contain("0.97 <span>(default: "));
    }

    [Test]
    public void Markup_in_names_is_shown_as_text()
    {
        var description = RunDescription.Create("<script>alert('1')</script> & \"more\"", 8, new TrpoOptions()) with { Details = new Dictionary<string, string> { ["<b>"] = "<img src=x>" } };
        var page = Page(RunHistory.Of(Iterations.HealthyRun()), description);

        Assert.That(page, Does.Not.Contain("<script").And.Not.Contain("<b>").And.Not.Contain("<img"));
        Assert.That(page, Does.Contain("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more&quot;"));
    }

    [Test]
    public void Numbers_of_any_size_are_shown()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(20).Select(iteration => iteration with
        {
            MeanReturn = iteration.Iteration % 2 == 0 ? double.MaxValue : -double.MaxValue,
            MeanReturnOfLast100 = iteration.Iteration < 20 ? 1e30 : double.NegativeInfinity,
            Entropy = double.Epsilon,
        }));
        RunReport.Save(folder.Path);

        Assert.That(File.ReadAllText(folder.Report), Does.Contain("<dd>-\u221e</dd>").And.Contains("<dd>1E+30</dd>"));
    }

    [Test]
    public void Control_characters_are_replaced()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(2), RunDescription.Create("Arm\u0001\u001b[2J\0", 1, new TrpoOptions()));
        RunReport.Save(folder.Path);

        Assert.That(File.ReadAllText(folder.Report).Where(char.IsControl).Distinct(), Is.EquivalentTo(new[] { '\n' }));
        Assert.That(File.ReadAllText(folder.Report), Does.Contain("Arm\uFFFD\uFFFD[2J\uFFFD"));
    }

    [Test]
    public void The_page_refers_to_no_other_file()
    {
        var page = Page(RunHistory.Of(Iterations.HealthyRun()), null);

        Assert.That(page, Does.Contain("default-src 'none'").And.Not.Contain(" src=").And.Not.Contain("<link").And.Not.Contain("@import"));
        Assert.That(Addresses().Matches(page).Select(match => match.Value).Distinct(), Is.SubsetOf(new[] { "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink" }));
        var names = Names().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.That(names, Is.Unique);
        Assert.That(References().Matches(page).Select(match => match.Groups[1].Value).Distinct(), Is.SubsetOf(names));
    }

    [Test]
    public void A_long_run_makes_a_small_page()
    {
        var page = Page(RunHistory.Of(Iterations.HealthyRun(100_000).Select(iteration => iteration with { Entropy = iteration.Iteration * 7919 % 1000 })), null);

        Assert.That(page, Has.Length.LessThan(1_000_000));
    }

    [Test]
    public void A_run_with_few_measurements_has_a_report()
    {
        using var folder = new RunFolder();
        folder.Record([Iterations.Healthy(1) with
        {
            MeanReturn = double.NaN, MeanReturnOfLast100 = double.NaN, MeanEpisodeLength = double.NaN, Entropy = double.NaN, ExplainedVariance = double.NaN, MaxKl = double.NaN,
            Update = Iterations.Rejected() with { ConjugateGradient = null },
        }]);

        Assert.That(RunReport.Save(folder.Path), Has.All.Exist);
        Assert.That(File.ReadAllText(folder.Report), Does.Contain("No measurements yet."));
    }

    [Test]
    public void Without_a_log_there_is_no_report()
    {
        using var folder = new RunFolder();

        Assert.That(() => RunReport.Save(folder.Path), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("metrics.csv"));
    }

    [Test]
    public void A_run_that_reached_its_target_is_finished()
    {
        var history = RunHistory.Of(Iterations.HealthyRun().Take(60));

        Assert.That(RunStatus.Of(history, RunDescription.Create("CartPole", 8, new TrpoOptions { TargetReturn = 200 })).Text, Is.EqualTo("Finished at its target return of 200"));
        Assert.That(RunStatus.Of(history, RunDescription.Create("CartPole", 8, new TrpoOptions { TargetReturn = 201 })).IsFinished, Is.False);
    }

    private static string Page(RunHistory history, RunDescription? description) => ReportPage.Of(history, description, RunCharts.Of(history), []);

    [GeneratedRegex("<tr class=\"changed\"><th scope=\"row\">([^<]*)</th>")]
    private static partial Regex Changed();

    [GeneratedRegex("https?://[^\"' <]*")]
    private static partial Regex Addresses();

    [GeneratedRegex(" id=\"([^\"]*)\"")]
    private static partial Regex Names();

    [GeneratedRegex("(?:href=\"|url\\()#([^\")]*)[\")]")]
    private static partial Regex References();
}

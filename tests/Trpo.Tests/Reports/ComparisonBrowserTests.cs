using PuppeteerSharp;
using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Comparisons;
using Trpo.Reports.Descriptions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>Tests of the page of a comparison in a browser.</summary>
public sealed class ComparisonBrowserTests
{
    private static readonly ExpectedCurve[] Curves =
    [
        new("learning-curves", "blue"),
        new("learning-curves", "orange"),
        new("learning-curves", "red", Columns: 0.2),
        new("scores-over-seeds", "blue", Columns: 0.05),
        new("scores-over-seeds", "orange", Columns: 0.01),
    ];

    private TemporaryFolder _folder = null!;
    private string _page = "";
    private IBrowser _browser = null!;

    [OneTimeSetUp]
    public async Task OpenBrowser()
    {
        InstalledBrowser.Require();
        _folder = new TemporaryFolder();
        _page = _folder.PathOf("comparison.html");
        ComparisonReport.Save(RunComparison.Load([Record(1, 0.01, 150), Record(2, 0.01, 190), Record(1, 0.05, 80), Record(2, 0.05, 82)]), _page);
        _browser = await PageSight.OpenBrowser(_folder.PathOf("profile"));
    }

    [OneTimeTearDown]
    public async Task CloseBrowser()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _folder?.Dispose();
    }

    [TestCase(false, 1280)]
    [TestCase(true, 400)]
    public async Task Curves_and_scores_are_drawn_and_nothing_is_loaded(bool dark, int width)
    {
        using var page = await PageSight.Of(_browser, _page, dark, width);

        Assert.That(ExpectedCurve.Missing(page, dark, Curves), Is.Empty);
        Assert.That(page.Requests, Is.EqualTo(new[] { new Uri(_page).AbsoluteUri }), "only the page itself");
        Assert.That(page.Complaints, Is.Empty);
        Assert.That(page.ContentWidth, Is.EqualTo(width), "nothing is wider than the window");
    }

    private string Record(int seed, double maxKl, double mean)
    {
        var folder = _folder.PathOf(FormattableString.Invariant($"{maxKl}-{seed}"));
        using (var recorder = new RunRecorder(folder, RunDescription.Create("CartPole", 8, new TrpoOptions { Seed = seed, TrustRegion = new() { MaxKl = maxKl } })))
        {
            foreach (var iteration in Iterations.HealthyRun(40))
                recorder.Report(iteration with { MeanReturnOfLast100 = iteration.MeanReturnOfLast100 * mean / 200 });
        }

        (RunDescription.Load(folder) with { Evaluations = [new(RunEvaluation.Trained, 0, 100, mean, mean - 1, mean + 1, 5), new(RunEvaluation.Random, 0, 100, 20, 18, 22, 5)] }).Save(folder);
        return folder;
    }
}

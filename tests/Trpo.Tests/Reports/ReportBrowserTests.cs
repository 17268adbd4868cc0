using System.Text.RegularExpressions;
using PuppeteerSharp;
using SkiaSharp;
using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Descriptions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>Tests of the report in a browser.</summary>
[Parallelizable]
public sealed partial class ReportBrowserTests
{
    private static readonly ExpectedCurve[] Curves =
    [
        new("learning-curve", "blue"),
        new("learning-curve", "orange"),
        new("episode-length", "purple"),
        new("policy-kl", "blue"),
        new("policy-kl", "red"),
        new("explained-variance", "green"),
        new("entropy", "purple"),
        new("step-fraction", "blue"),
        new("step-fraction", "red", Columns: 0.15),
        new("line-search-trials", "green"),
        new("improvement", "blue"),
        new("improvement", "orange"),
        new("cg-residual", "purple"),
        new("time-shares", "blue"),
        new("time-shares", "purple"),
        new("time-shares", "orange"),
        new("time-shares", "green"),
    ];

    private RunFolder _run = null!;
    private RunFolder _profile = null!;
    private IBrowser _browser = null!;
    private string _html = "";

    [OneTimeSetUp]
    public async Task OpenBrowser()
    {
        InstalledBrowser.Require();
        (_run, _profile) = (new RunFolder(), new RunFolder());
        _run.Record(Iterations.HealthyRun(100).Select(iteration => iteration.Iteration % 4 == 0 ? iteration with { Update = Iterations.Rejected() } : iteration),
            RunDescription.Create("CartPole", 8, new TrpoOptions { Seed = 1 }));
        RunReport.Save(_run.Path);
        _html = await File.ReadAllTextAsync(_run.Report);
        _browser = await PageSight.OpenBrowser(_profile.Path);
    }

    [OneTimeTearDown]
    public async Task CloseBrowser()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _profile?.Dispose();
        _run?.Dispose();
    }

    [TestCase(false, 1280)]
    [TestCase(true, 1280)]
    [TestCase(false, 400)]
    [TestCase(true, 400)]
    public async Task Every_chart_is_drawn(bool dark, int width)
    {
        using var page = await PageSight.Of(_browser, _run.Report, dark, width);
        Keep(page, $"report-{(dark ? "dark" : "light")}-{width}.png");

        Assert.That(ExpectedCurve.Missing(page, dark, Curves), Is.Empty);
        Assert.That(page.Figures.Keys, Is.EquivalentTo(Curves.Select(curve => curve.Figure).Distinct()), "every figure is looked at");
        Assert.That(page.Requests, Is.EqualTo(new[] { new Uri(_run.Report).AbsoluteUri }), "only the page itself");
        Assert.That(page.Complaints, Is.Empty);
        Assert.That(page.ContentWidth, Is.EqualTo(width), "nothing is wider than the window");
    }

    [Test]
    public async Task A_missing_chart_is_detected()
    {
        using var page = await Altered(Figure("entropy").Replace(_html, ""));

        Assert.That(ExpectedCurve.Missing(page, false, Curves), Is.EqualTo(new[] { "entropy: purple" }));
    }

    [Test]
    public async Task Blank_charts_are_detected()
    {
        using var page = await Altered(Drawing().Replace(_html, match => $"{match.Groups[1].Value}{match.Groups[2].Value}"));

        Assert.That(page.Figures, Has.Count.EqualTo(10));
        Assert.That(ExpectedCurve.Missing(page, false, Curves), Is.EqualTo(Curves.Select(curve => $"{curve.Figure}: {curve.Name}")));
    }

    [Test]
    public async Task A_curve_that_is_only_in_the_legend_is_detected()
    {
        using var page = await Altered(Figure("learning-curve").Replace(_html, match => match.Value.Replace("stroke=\"#2F6DB3\"", "stroke=\"none\"", StringComparison.Ordinal)));

        Assert.That(ExpectedCurve.Missing(page, false, Curves), Is.EqualTo(new[] { "learning-curve: blue" }));
    }

    [Test]
    public async Task The_page_loads_nothing_from_outside()
    {
        using var page = await Altered(_html.Replace("<main>", "<main><img src=\"plots/entropy.png\" alt=\"\"><script>console.log('script was run')</script>", StringComparison.Ordinal));

        Assert.That(page.Complaints.Count(complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal)), Is.EqualTo(2), string.Join('\n', page.Complaints));
        Assert.That(page.Complaints, Has.None.Contains("script was run"));
    }

    private async Task<PageSight> Altered(string html)
    {
        Assert.That(html, Is.Not.EqualTo(_html));
        var path = Path.Combine(_run.Path, "altered.html");
        await File.WriteAllTextAsync(path, html);
        return await PageSight.Of(_browser, path);
    }

    private static void Keep(PageSight page, string name)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, name);
        using (var file = File.Create(path))
            page.Screenshot.Encode(file, SKEncodedImageFormat.Png, 100);
        TestContext.AddTestAttachment(path);
    }

    private static Regex Figure(string id) => new($"<figure id=\"{id}\">.*?</figure>", RegexOptions.Singleline);

    [GeneratedRegex("(<svg[^>]*>).*?(</svg>)", RegexOptions.Singleline)]
    private static partial Regex Drawing();
}

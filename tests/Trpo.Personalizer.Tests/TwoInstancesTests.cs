using System.Net;
using PuppeteerSharp;
using Trpo.Examples.Personalizer.Simulating;

namespace Trpo.Personalizer.Tests;

/// <summary>Two instances on one database, and the dashboard of what they did.</summary>
[TestFixture("SQLite")]
[TestFixture("PostgreSQL")]
public sealed class TwoInstancesTests(string kind)
{
    private const int Decisions = 2_000;

    [Test]
    public async Task Two_instances_decide_once_learn_once_and_serve_the_same_version()
    {
        await using var database = await TestDatabase.CreateAsync(kind);
        var settings = database.Settings(("Deadline", "00:00:01"), ("Grace", "00:00:00.1"), ("Reload", "00:00:00.1"), ("Iterations", "50"), ("Floor", "0.1"), ("Budget", "0.5"));
        using var first = new ServiceProcess(settings);
        using var second = new ServiceProcess(settings);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());

        // Every fourth event goes to both at once, and so does its reward.
        await Parallel.ForEachAsync(Enumerable.Range(0, Decisions), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
        {
            var random = new Random(i);
            var (x, y) = ((2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1);
            ServiceProcess[] asked = (i % 4) switch { 0 => [first, second], 2 => [first], _ => [second] };
            var answers = await Task.WhenAll(asked.Select(service => Calls.UntilAnsweredAsync(() => service.Client.DecideAsync($"{i}", x, y))));
            Assert.That(answers[0].Status, Is.EqualTo(HttpStatusCode.OK), answers[0].Text);
            Assert.That(answers.Select(answer => answer.Text), Is.All.EqualTo(answers[0].Text));
            var reward = random.NextDouble() < Population.Chance(x, y, answers[0].Json().GetProperty("action").GetString()!, 0) ? "1" : "0";
            var paid = await Task.WhenAll(asked.Select(service => Calls.UntilAnsweredAsync(() => service.Client.RewardAsync($"{i}", reward))));
            Assert.That(paid.Count(answer => answer.Text.Contains("Repeated", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(asked.Length - 1));
        });
        await using var tables = database.Open();
        Assert.That((await tables.QueryAsync("SELECT event FROM decision")).Count, Is.EqualTo(Decisions));
        Assert.That((await tables.QueryAsync("SELECT event FROM reward")).Count, Is.EqualTo(Decisions));

        await first.Admin.SettledAsync();
        var lessons = (await Task.WhenAll(first.Admin.PostAsync("learn", ""), second.Admin.PostAsync("learn", ""))).Select(answer => answer.Json().GetProperty("verdict").GetString()).ToList();
        Assert.That(lessons, Is.EquivalentTo(new[] { "Better", "Busy" }).Or.EquivalentTo(new[] { "Better", "TooFew" }));
        await ServesAsync(first, "v1", 1);
        await ServesAsync(second, "v1", 1);
        if (database.IsPostgres)
            await ShowsAsync(first, database.Folder);

        Assert.That((await second.Admin.PostAsync("rollback", "")).Json().GetProperty("details").GetString(), Is.EqualTo("uniform"));
        await ServesAsync(first, "uniform", 2);
        await ServesAsync(second, "uniform", 2);
    }

    private static async Task ServesAsync(ServiceProcess service, string version, int turn)
    {
        for (var i = 0; ; i++)
        {
            var answer = await service.Client.DecideAsync($"{service.ProcessId}-{turn}-{i}");
            if (answer.Json().GetProperty("version").GetString() == version)
                return;
            Assert.That(i, Is.LessThan(100_000), $"{version} is not served");
        }
    }

    private static async Task ShowsAsync(ServiceProcess service, string folder)
    {
        await using var browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = InstalledBrowser.Require(),
            UserDataDir = Path.Combine(folder, "profile"),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        foreach (var (width, dark) in new[] { (1280, false), (390, false), (1280, true) })
        {
            await using var page = await browser.NewPageAsync();
            var (complaints, requests) = (new List<string>(), new List<string>());
            page.Console += (_, said) => complaints.Add(said.Message.Text);
            page.PageError += (_, error) => complaints.Add(error.Message);
            page.Request += (_, sent) => requests.Add(sent.Request.Url);
            await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
            await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = dark ? "dark" : "light" }]);
            await page.GoToAsync($"{service.Address}#key={Uri.EscapeDataString(ServiceProcess.AdminKey)}");
            await page.WaitForSelectorAsync("body[data-state=shown]");
            var text = await page.EvaluateExpressionAsync<string>("document.body.innerText");

            Assert.That(complaints, Is.Empty);
            Assert.That(requests.Where(url => !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith(service.Address.ToString(), StringComparison.Ordinal)), Is.Empty, "no other server is asked");
            Assert.That(text, Does.Contain("v1 Better").And.Contain("Version v1 serves").And.Contain("x above 0").And.Contain("2,0"));
            Assert.That(await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), "nothing is wider than the window");
            Assert.That(await page.EvaluateExpressionAsync<int>("document.querySelectorAll('#rewards path, #versions circle, #policy rect, #exploration rect').length"), Is.GreaterThan(8), "every figure has its marks");
            if (Environment.GetEnvironmentVariable("TRPO_SCREENSHOTS") is { Length: > 0 } screenshots)
                await page.ScreenshotAsync(Path.Combine(screenshots, $"personalizer-{width}{(dark ? "-dark" : "")}.png"), new ScreenshotOptions { FullPage = true });
        }

        await using var refused = await browser.NewPageAsync();
        await refused.GoToAsync($"{service.Address}#key=wrong");
        await refused.WaitForSelectorAsync("body[data-state=refused]");
        Assert.That(await refused.EvaluateExpressionAsync<string>("document.body.innerText"), Does.Contain("not the key").And.Not.Contain("v1"));
    }
}

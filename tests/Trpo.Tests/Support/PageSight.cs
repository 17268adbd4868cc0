using PuppeteerSharp;
using SkiaSharp;

namespace Trpo.Tests.Support;

/// <summary>A page as a browser shows it: its pixels, where its figures are, what it asked the network for and what the browser complained of.</summary>
internal sealed record PageSight(SKBitmap Screenshot, IReadOnlyDictionary<string, SKRectI> Figures, IReadOnlyList<string> Requests, IReadOnlyList<string> Complaints, int ContentWidth) : IDisposable
{
    public static Task<IBrowser> OpenBrowser(string profile) => Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = InstalledBrowser.Require(),
        Headless = true,
        UserDataDir = profile,
        // Without a sandbox, which needs what containers often do not have: the page is our own.
        Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"],
    });

    public static async Task<PageSight> Of(IBrowser browser, string path, bool dark = false, int width = 1280)
    {
        await using var page = await browser.NewPageAsync();
        List<string> requests = [], complaints = [];
        page.Request += (_, sent) => requests.Add(sent.Request.Url);
        page.Console += (_, said) => complaints.Add($"{said.Message.Type}: {said.Message.Text}");
        page.PageError += (_, error) => complaints.Add(error.Message);
        page.RequestFailed += (_, failed) => complaints.Add(failed.Request.Url);
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = dark ? "dark" : "light" }]);
        await page.GoToAsync(new Uri(path).AbsoluteUri, WaitUntilNavigation.Networkidle0);

        var figures = new Dictionary<string, SKRectI>();
        foreach (var figure in await page.QuerySelectorAllAsync("figure"))
        {
            var id = await figure.EvaluateFunctionAsync<string>("element => element.id");
            var box = await figure.BoundingBoxAsync();
            figures.Add(id, SKRectI.Create((int)box.X, (int)box.Y, (int)box.Width, (int)box.Height));
        }

        var contentWidth = await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth");
        var screenshot = SKBitmap.Decode(await page.ScreenshotDataAsync(new ScreenshotOptions { FullPage = true }));
        return new PageSight(screenshot, figures, requests, complaints, contentWidth);
    }

    public void Dispose() => Screenshot.Dispose();
}

namespace Trpo.Tests.Support;

/// <summary>The installed browser, Chromium or one derived from it, in which pages are rendered.</summary>
internal static class InstalledBrowser
{
    /// <summary>Gets the path of the browser. Without a browser the test is ignored, or fails if the environment variable CI is set.</summary>
    public static string Require()
    {
        if (Candidates().FirstOrDefault(File.Exists) is { } path)
            return path;
        const string Advice = "No Chromium and no Chrome was found. Install one, or set CHROME_PATH to it.";
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Fail(Advice);
        Assert.Ignore(Advice);
        return "";
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("CHROME_PATH") is { Length: > 0 } given)
            yield return given;
        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"];
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var name in names)
                yield return Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
        }

        foreach (var application in new[] { "Google Chrome", "Chromium", "Microsoft Edge" })
            yield return $"/Applications/{application}.app/Contents/MacOS/{application}";
        foreach (var programs in new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData })
        {
            foreach (var application in new[] { @"Google\Chrome\Application\chrome.exe", @"Chromium\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe" })
                yield return Path.Combine(Environment.GetFolderPath(programs), application);
        }
    }
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Trpo.Tests.Support;

namespace Trpo.Tests.Packages;

/// <summary>Tests of the READMEs that packages carry. Their programs are run by build/check-packages.sh, in projects that install the packages.</summary>
public sealed partial class PackageReadmeTests
{
    private static readonly string RepositoryUrl = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("RepositoryUrl").Single().Value;

    private static IEnumerable<string> Projects => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 })
        .Select(path => Path.GetFileNameWithoutExtension(path));

    // A feed shows the file without the repository beside it.
    [TestCaseSource(nameof(Projects))]
    public void Links_are_absolute_and_lead_to_files_of_the_repository(string project)
    {
        var links = Link().Matches(ReadmeOf(project)).Select(match => match.Groups[1].Value).ToArray();

        Assert.That(links, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var link in links)
            {
                Assert.That(link, Does.StartWith("https://"));
                if (FileOf(link) is not { } file)
                    continue;
                var parts = file.Split('#', 2);
                var path = Path.Combine(Repository.Root, parts[0]);
                Assert.That(path, Does.Exist, link);
                if (parts is [_, var anchor])
                    Assert.That(AnchorsOf(File.ReadAllText(path)), Does.Contain(anchor), link);
            }
        });
    }

    [TestCaseSource(nameof(Projects))]
    public void The_first_command_installs_the_package(string project) =>
        Assert.That(ReadmeOf(project), Does.Match($@"(?s)^# [^\n]+\n.*?```\ndotnet (add package|tool install --global|new install) {Regex.Escape(project)}\b"));

    [Test]
    public void Every_program_is_run_by_the_check_of_the_packages()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "build", "check-packages.sh"));

        var run = Installation().Matches(script).Select(match => match.Value["program src/".Length..]);
        Assert.That(run, Is.EquivalentTo(Projects.Where(project => ReadmeOf(project).Contains("```csharp", StringComparison.Ordinal))));
    }

    private static string ReadmeOf(string project) => File.ReadAllText(Path.Combine(Repository.Root, "src", project, "README.md"));

    private static string? FileOf(string link)
    {
        foreach (var start in new[] { $"{RepositoryUrl}/blob/main/", $"{RepositoryUrl.Replace("github.com", "raw.githubusercontent.com", StringComparison.Ordinal)}/main/" })
        {
            if (link.StartsWith(start, StringComparison.Ordinal))
                return link[start.Length..];
        }

        return null;
    }

    private static IEnumerable<string> AnchorsOf(string document) => Heading().Matches(document).Select(match => NoWord().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"program src/Trpo\.\w+")]
    private static partial Regex Installation();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();
}

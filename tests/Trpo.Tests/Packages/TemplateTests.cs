using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Trpo.Tests.Support;

namespace Trpo.Tests.Packages;

/// <summary>Tests of the files of the templates. build/check-templates.sh makes projects of them, and runs those.</summary>
public sealed partial class TemplateTests
{
    private static readonly string Content = Path.Combine(Repository.Root, "src", "Trpo.Templates", "content");

    private static IEnumerable<string> Templates => Directory.EnumerateDirectories(Content).Select(path => Path.GetFileName(path));

    [TestCaseSource(nameof(Templates))]
    public void Versions_of_packages_are_written_when_the_templates_are_packed(string template)
    {
        var known = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Include")!.Value).ToHashSet();

        var references = FilesOf(template, "*.csproj").SelectMany(path => XDocument.Load(path).Descendants("PackageReference"))
            .Select(reference => (Name: reference.Attribute("Include")!.Value, Version: reference.Attribute("Version")!.Value)).ToArray();

        Assert.That(references, Is.Not.Empty);
        Assert.That(references.Where(reference => reference.Version != $"version-of:{(reference.Name.StartsWith("Trpo.", StringComparison.Ordinal) ? "Trpo" : reference.Name)}"), Is.Empty);
        Assert.That(references.Where(reference => !reference.Name.StartsWith("Trpo.", StringComparison.Ordinal) && !known.Contains(reference.Name)), Is.Empty);
    }

    [TestCaseSource(nameof(Templates))]
    public void Pages_and_the_check_know_the_template(string template)
    {
        using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(Content, template, ".template.config", "template.json")));
        var name = description.RootElement.GetProperty("shortName").GetString()!;

        Assert.That(name, Is.EqualTo($"trpo-{template}"));
        Assert.That(Text("docs", "templates.md"), Does.Contain($"| `{name}` |"));
        Assert.That(Text("src", "Trpo.Templates", "README.md"), Does.Contain($"| `{name}` |"));
        Assert.That(Text("build", "check-templates.sh"), Does.Contain($"{name}) dotnet run"));
    }

    // The README is read in a project of its own, where nothing of the repository is beside it.
    [TestCaseSource(nameof(Templates))]
    public void Links_lead_to_files_of_the_template_or_of_the_repository(string template)
    {
        var repository = $"{XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("RepositoryUrl").Single().Value}/blob/main/";
        var links = Link().Matches(Text("src", "Trpo.Templates", "content", template, "README.md")).Select(match => match.Groups[1].Value).ToArray();

        Assert.That(links, Is.Not.Empty);
        foreach (var link in links)
            Assert.That(link.StartsWith(repository, StringComparison.Ordinal) ? Path.Combine(Repository.Root, link[repository.Length..]) : Path.Combine(Content, template, link), Does.Exist);
    }

    private static IEnumerable<string> FilesOf(string template, string pattern) => Directory.EnumerateFiles(Path.Combine(Content, template), pattern, SearchOption.AllDirectories);

    private static string Text(params string[] path) => File.ReadAllText(Path.Combine([Repository.Root, .. path]));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}

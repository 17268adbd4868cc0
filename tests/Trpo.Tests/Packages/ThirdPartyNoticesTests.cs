using System.Text.Json;
using System.Xml.Linq;
using Trpo.Tests.Support;

namespace Trpo.Tests.Packages;

/// <summary>Tests of THIRD-PARTY-NOTICES.md against the packages that the shipped projects were restored with.</summary>
public sealed class ThirdPartyNoticesTests
{
    private static readonly string[][] Rows =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "THIRD-PARTY-NOTICES.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))
            .Where(row => row is not ["package" or "---", ..]),
    ];

    [Test]
    public void Every_package_that_is_restored_with_ours_has_a_row()
    {
        var restored = Restored().GroupBy(package => package.Name).Select(group => $"{group.Key}: {string.Join(", ", group.Select(package => $"`{package.Project}`").Distinct().Order(StringComparer.Ordinal))}");

        Assert.That(Rows.Select(row => $"{row[0]}: {row[2]}"), Is.EquivalentTo(restored));
    }

    [Test]
    public void Licences_are_those_that_the_packages_declare()
    {
        var licences = Rows.ToDictionary(row => row[0], row => row[1]);
        var declared = Restored().Where(package => package.Licence is not null).Select(package => (package.Name, package.Licence)).Distinct().ToList();

        Assert.That(declared, Has.Count.GreaterThan(50));
        Assert.That(declared.Select(package => (package.Name, licences.GetValueOrDefault(package.Name))), Is.EquivalentTo(declared));
        Assert.That(licences.Values.Distinct(), Is.SubsetOf(new[] { "MIT", "Apache-2.0", "BSD-3-Clause", "public domain" }));
    }

    // Packages with files that run: not those that only build.
    private static IEnumerable<(string Project, string Name, string? Licence)> Restored()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "project.assets.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 }))
        {
            using var assets = JsonDocument.Parse(File.ReadAllBytes(path));
            var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToArray();
            foreach (var target in assets.RootElement.GetProperty("targets").EnumerateObject().Where(target => !target.Name.Contains('/')))
            {
                foreach (var library in target.Value.EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package" && Runs(library.Value)))
                {
                    var folder = assets.RootElement.GetProperty("libraries").GetProperty(library.Name).GetProperty("path").GetString()!;
                    yield return (Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(path)))!, library.Name.Split('/')[0], LicenceOf(folders.Select(root => Path.Combine(root, folder)).First(Directory.Exists)));
                }
            }
        }
    }

    private static bool Runs(JsonElement library) => new[] { "runtime", "native", "runtimeTargets" }
        .SelectMany(kind => library.TryGetProperty(kind, out var files) ? files.EnumerateObject().Select(file => file.Name) : [])
        .Any(file => !file.EndsWith("/_._", StringComparison.Ordinal));

    private static string? LicenceOf(string folder)
    {
        var licence = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
        return licence?.Attribute("type")?.Value == "expression" ? licence.Value : null;
    }
}

using System.Text.RegularExpressions;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The examples of what can be extended, run as they are built, and what the documentation quotes of them.</summary>
public sealed partial class ExtendingTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Extending");

    [TestCase("network")]
    [TestCase("distribution")]
    [TestCase("baseline")]
    [TestCase("optimizer")]
    [TestCase("environment")]
    [TestCase("supervised")]
    public void An_example_learns_what_it_should(string example)
    {
        // A rooted path stays what it is.
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Extending");
        var (exitCode, said, error) = Child.Run(program, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, example);

        Assert.That(exitCode, Is.Zero, said + error);
    }

    [Test]
    public void The_documentation_quotes_the_examples()
    {
        string[] sources = [.. Directory.GetFiles(Folder, "*.cs").Select(File.ReadAllText)];
        string[] excerpts = [.. Excerpts().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "extending.md"))).Select(match => match.Groups[1].Value)];

        Assert.That(excerpts, Has.Length.EqualTo(6));
        Assert.That(excerpts.Where(excerpt => !sources.Any(source => Quotes(excerpt, source))), Is.Empty);
    }

    // Whole lines, moved to the left.
    private static bool Quotes(string excerpt, string source) =>
        new[] { "", "    ", "        ", "            " }.Any(indentation => source.Contains('\n' + LineStarts().Replace(excerpt, indentation), StringComparison.Ordinal));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Excerpts();

    [GeneratedRegex("^(?=[^\n])", RegexOptions.Multiline)]
    private static partial Regex LineStarts();
}

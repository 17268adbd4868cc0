using Microsoft.CodeAnalysis;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>Tests that the C# excerpts of docs compile and run as they stand, behind the first lines that each page shows.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class PageProgramTests
{
    private static readonly Page[] Pages = [.. Page.ReadAll()];

    private static IEnumerable<Page> WithPrograms => Pages.Where(page => page.Parts.Count > 0);

    private static IEnumerable<Page> WithFragments => Pages.Where(page => page.Fragments.Count > 0);

    [TestCaseSource(nameof(WithPrograms))]
    public void Excerpts_compile_without_a_warning_and_run(object documented)
    {
        var page = (Page)documented;
        var programs = PagePrograms.Of(page).ToList();
        Assert.That(page.HasPreambleFirst, Is.True, "The page shows Documentation.Preamble in front of its excerpts.");
        Assert.That(programs.SelectMany(PagePrograms.Faults), Is.Empty);
        Assert.That(programs, Is.Not.Empty);

        using var folder = new TemporaryFolder();
        var work = Directory.CreateDirectory(folder.PathOf("work")).FullName;
        var paths = programs.ConvertAll(program =>
        {
            var path = folder.PathOf($"{program.AssemblyName}.dll");
            Assert.That(program.Emit(path).Success, Is.True);
            return path;
        });
        var (exitCode, said, error) = Child.Run("Trpo.Excerpts", [work, .. paths]);
        TestContext.Out.WriteLine(said);

        Assert.That(exitCode, Is.Zero, said + error);
    }

    [TestCaseSource(nameof(WithFragments))]
    public void Excerpts_of_examples_are_in_the_files_that_the_sentences_in_front_link_to(object documented) =>
        Assert.That(((Page)documented).Fragments.Where(fragment => !Page.ExampleFiles(fragment).Any(file => Documentation.QuotesFile(fragment.Code, file))), Is.Empty);

    [Test]
    public void A_name_from_another_section_and_a_warning_are_faults_with_their_lines_and_a_class_of_another_section_is_none()
    {
        string[] lines =
        [
            "```csharp", "var rows = new Rows();", "```",
            "## Second", "```csharp", "Console.WriteLine(rows);", "```", "```cs", "string text = null;", "Console.WriteLine(text);", "```",
            "## Third", "```csharp", "sealed class Rows;", "```",
        ];
        var faults = PagePrograms.Of(Page.Parse("a.md", lines)).SelectMany(PagePrograms.Faults).ToList();

        Assert.That(faults, Has.Count.EqualTo(2));
        Assert.That(faults[0], Does.StartWith("docs/a.md(6,19): error CS0103:"));
        Assert.That(faults[1], Does.StartWith("docs/a.md(9,15): warning CS8600:"));
    }

    [Test]
    public void Only_an_excerpt_behind_a_link_to_a_file_of_an_example_is_a_fragment_and_another_text_than_the_file_is_found()
    {
        string[] lines =
        [
            "From [Program.cs](../examples/Telemetry/Program.cs):", "", "```csharp", "var invented = 1;", "```",
            "From [Program.cs](../src/Program.cs):", "", "```csharp", "var other = 2;", "```", "```csharp", "var third = 3;", "```",
        ];
        var page = Page.Parse("a.md", lines);

        Assert.That(page.Fragments.Select(fragment => fragment.Line), Is.EqualTo(new[] { 4 }));
        Assert.That(page.Parts.Select(part => part.Line), Is.EqualTo(new[] { 9, 12 }));
        Assert.That(Documentation.QuotesFile(page.Fragments[0].Code, Page.ExampleFiles(page.Fragments[0])[0]), Is.False);
    }
}

using Microsoft.CodeAnalysis;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>Tests that the C# excerpts of docs compile and run as they stand: whole programs, and sections behind the first lines that their page shows.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class PageProgramTests
{
    private static readonly Page[] Pages = [.. Page.ReadAll()];

    private static IEnumerable<Page> WithPrograms => Pages.Where(page => page.Parts.Count + page.WholePrograms.Count > 0);

    [TestCaseSource(nameof(WithPrograms))]
    public void Excerpts_compile_without_a_warning_and_run(object documented)
    {
        var page = (Page)documented;
        var programs = PagePrograms.Of(page).ToList();
        Assert.That(page.HasPreambleFirst || page.Parts.Count == 0, Is.True, "The page shows Documentation.Preamble in front of its excerpts.");
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
    public void An_excerpt_with_using_directives_is_a_program_of_its_own_and_a_using_declaration_makes_none()
    {
        string[] lines =
        [
            "```csharp", "using System.Text;", "Console.WriteLine(new StringBuilder().Append(rows));", "```",
            "```csharp", "var rows = 1;", "```", "```csharp", "using var text = new StringWriter();", "text.Write(rows);", "```",
        ];
        var programs = PagePrograms.Of(Page.Parse("a.md", lines)).ToList();

        Assert.That(programs, Has.Count.EqualTo(2));
        Assert.That(PagePrograms.Faults(programs[0]).Single(), Does.StartWith("docs/a.md(3,46): error CS0103:"));
        Assert.That(PagePrograms.Faults(programs[1]), Is.Empty);
    }
}

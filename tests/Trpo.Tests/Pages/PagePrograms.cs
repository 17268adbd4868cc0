using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>The programs of a page, compiled as a fresh console project compiles them: its whole programs, and one for each section, of the shared first lines, the section's parts in order, and the types that the page declares.</summary>
internal static class PagePrograms
{
    // Of a project with ImplicitUsings.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // The SDK suppresses those two as well: versions of assemblies that the runtime unifies.
    private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 10)
        .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(FindReferences);

    /// <summary>Returns the whole programs of a page, and the program of each section that has parts with statements.</summary>
    public static IEnumerable<CSharpCompilation> Of(Page page)
    {
        var types = page.Parts.Where(excerpt => excerpt.DeclaresTypesOnly).ToList();
        var sections = page.Parts.Except(types).GroupBy(excerpt => excerpt.Section).Select(section => (section.First().Line, Source: Documentation.Preamble + string.Concat(section.Concat(types).Select(Located))));
        var whole = page.WholePrograms.Select(excerpt => (excerpt.Line, Source: Located(excerpt)));
        return sections.Concat(whole).OrderBy(program => program.Line).Select(program => CSharpCompilation.Create(
            $"{Path.GetFileNameWithoutExtension(page.Name)}-{program.Line}", [CSharpSyntaxTree.ParseText(program.Source), CSharpSyntaxTree.ParseText(ImplicitUsings)], References.Value, Options));

        string Located(PageExcerpt excerpt) => $"#line {excerpt.Line} \"docs/{page.Name}\"\n{excerpt.Code}";
    }

    /// <summary>Returns the errors and warnings of a program, with the lines of the page.</summary>
    public static IEnumerable<string> Faults(CSharpCompilation program) =>
        program.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString());

    // The framework of this process, and what the program has that runs the excerpts.
    private static List<MetadataReference> FindReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var installed = Path.GetDirectoryName(Child.PathOf("Trpo.Excerpts"))!;
        return [.. new[] { framework, installed }.SelectMany(folder => Directory.GetFiles(folder, "*.dll")).Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path))];
    }

    private static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new PEReader(file);
        return reader.HasMetadata;
    }
}

using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>The programs of a page, compiled as a fresh console project compiles them: one for each section, of the shared first lines, its excerpts in order, and the types that the page declares.</summary>
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

    /// <summary>Returns the program of each section of a page that has statements.</summary>
    public static IEnumerable<CSharpCompilation> Of(Page page)
    {
        var types = page.Parts.Where(DeclaresTypesOnly).ToList();
        var name = Path.GetFileNameWithoutExtension(page.Name);
        return page.Parts.Except(types).GroupBy(excerpt => excerpt.Section).Select(section =>
        {
            var source = Documentation.Preamble + string.Concat(section.Concat(types).Select(excerpt => $"#line {excerpt.Line} \"docs/{page.Name}\"\n{excerpt.Code}"));
            return CSharpCompilation.Create($"{name}-{section.Key}", [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(ImplicitUsings)], References.Value, Options);
        });
    }

    /// <summary>Returns the errors and warnings of a program, with the lines of the page.</summary>
    public static IEnumerable<string> Faults(CSharpCompilation program) =>
        program.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString());

    private static bool DeclaresTypesOnly(PageExcerpt excerpt) =>
        CSharpSyntaxTree.ParseText(excerpt.Code).GetCompilationUnitRoot().Members.All(member => member is BaseTypeDeclarationSyntax);

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

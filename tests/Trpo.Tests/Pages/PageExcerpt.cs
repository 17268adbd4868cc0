using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Trpo.Tests.Pages;

/// <summary>A C# excerpt of a page of docs.</summary>
/// <param name="Code">The lines of the excerpt.</param>
/// <param name="Line">The line of the page, from 1, that has the first line of code.</param>
/// <param name="Section">The index of the section: 0 in front of the first heading of the second level.</param>
internal sealed record PageExcerpt(string Code, int Line, int Section)
{
    private readonly CompilationUnitSyntax _root = CSharpSyntaxTree.ParseText(Code).GetCompilationUnitRoot();

    /// <summary>True if the excerpt begins with using directives of its own, as a whole program does.</summary>
    public bool IsWholeProgram => _root.Usings.Count > 0;

    /// <summary>True if the excerpt has no statements.</summary>
    public bool DeclaresTypesOnly => _root.Members.All(member => member is BaseTypeDeclarationSyntax);
}

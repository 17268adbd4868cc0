namespace Trpo.Tests.Pages;

/// <summary>A C# excerpt of a page of docs.</summary>
/// <param name="Code">The lines of the excerpt.</param>
/// <param name="Line">The line of the page, from 1, that has the first line of code.</param>
/// <param name="Section">The index of the section: 0 in front of the first heading of the second level.</param>
/// <param name="Introduction">The paragraph in front of the excerpt.</param>
internal sealed record PageExcerpt(string Code, int Line, int Section, string Introduction);

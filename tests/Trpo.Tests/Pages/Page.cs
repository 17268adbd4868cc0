using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>A page of docs and its C# excerpts: whole programs, and parts of programs behind the lines that the page shows first.</summary>
internal sealed class Page
{
    private Page(string name, IReadOnlyList<PageExcerpt> excerpts)
    {
        Name = name;
        HasPreambleFirst = excerpts.Count > 0 && excerpts[0].Code == Documentation.Preamble;
        WholePrograms = [.. excerpts.Where(excerpt => excerpt.Code != Documentation.Preamble && excerpt.IsWholeProgram)];
        Parts = [.. excerpts.Where(excerpt => !excerpt.IsWholeProgram)];
    }

    /// <summary>The file name.</summary>
    public string Name { get; }

    /// <summary>True if the page shows the shared first lines in front of everything else.</summary>
    public bool HasPreambleFirst { get; }

    /// <summary>Excerpts with using directives of their own.</summary>
    public IReadOnlyList<PageExcerpt> WholePrograms { get; }

    /// <summary>All other excerpts: statements of a program, or declarations of types.</summary>
    public IReadOnlyList<PageExcerpt> Parts { get; }

    /// <summary>Reads all pages.</summary>
    public static IEnumerable<Page> ReadAll() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Select(path => Parse(Path.GetFileName(path), File.ReadAllLines(path)));

    /// <summary>Finds the excerpts of a page.</summary>
    public static Page Parse(string name, string[] lines) => new(name, Excerpts(lines));

    public override string ToString() => Name;

    private static List<PageExcerpt> Excerpts(string[] lines)
    {
        var excerpts = new List<PageExcerpt>();
        var section = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
                section++;
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            var end = Array.IndexOf(lines, "```", i + 1);
            if (lines[i][3..].Trim().ToUpperInvariant() is "CSHARP" or "CS" or "C#")
                excerpts.Add(new(string.Concat(lines[(i + 1)..end].Select(line => line + '\n')), i + 2, section));
            i = end;
        }

        return excerpts;
    }
}

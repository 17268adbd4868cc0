using System.Text.RegularExpressions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Pages;

/// <summary>A page of docs and its C# excerpts: parts of a program, or of a file of an example that the sentence in front links to.</summary>
internal sealed partial class Page
{
    private Page(string name, IReadOnlyList<PageExcerpt> excerpts)
    {
        Name = name;
        HasPreambleFirst = excerpts.Count > 0 && excerpts[0].Code == Documentation.Preamble;
        Fragments = [.. excerpts.Where(excerpt => ExampleFiles(excerpt).Count > 0)];
        Parts = [.. excerpts.Where(excerpt => excerpt.Code != Documentation.Preamble && ExampleFiles(excerpt).Count == 0)];
    }

    /// <summary>The file name.</summary>
    public string Name { get; }

    /// <summary>True if the page shows the shared first lines in front of everything else.</summary>
    public bool HasPreambleFirst { get; }

    /// <summary>Excerpts behind a paragraph that links to a file of an example, from which they are.</summary>
    public IReadOnlyList<PageExcerpt> Fragments { get; }

    /// <summary>All other excerpts: statements of a program, or declarations of types.</summary>
    public IReadOnlyList<PageExcerpt> Parts { get; }

    /// <summary>Reads all pages.</summary>
    public static IEnumerable<Page> ReadAll() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Select(path => Parse(Path.GetFileName(path), File.ReadAllLines(path)));

    /// <summary>Finds the excerpts of a page.</summary>
    public static Page Parse(string name, string[] lines) => new(name, Excerpts(lines));

    /// <summary>The files of examples that the paragraph in front of an excerpt links to.</summary>
    public static IReadOnlyList<string> ExampleFiles(PageExcerpt excerpt) =>
        [.. ExampleLink().Matches(excerpt.Introduction).Select(match => Path.Combine(Repository.Root, match.Groups[1].Value))];

    public override string ToString() => Name;

    private static List<PageExcerpt> Excerpts(string[] lines)
    {
        var excerpts = new List<PageExcerpt>();
        var (section, introduction) = (0, "");
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal))
                section++;
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                introduction = lines[i].Length > 0 ? lines[i] : introduction;
                continue;
            }

            var end = Array.IndexOf(lines, "```", i + 1);
            if (lines[i][3..].Trim().ToUpperInvariant() is "CSHARP" or "CS" or "C#")
                excerpts.Add(new(string.Concat(lines[(i + 1)..end].Select(line => line + '\n')), i + 2, section, introduction));
            (i, introduction) = (end, "");
        }

        return excerpts;
    }

    [GeneratedRegex(@"\]\(\.\./(examples/[^)]+\.cs)\)")]
    private static partial Regex ExampleLink();
}

using System.Text.RegularExpressions;

namespace Trpo.Tests.Support;

/// <summary>What the documentation quotes of the sources.</summary>
internal static partial class Documentation
{
    /// <summary>The C# excerpts of a document, from a heading on where one is given.</summary>
    public static string[] Excerpts(string document, string heading = "")
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", document));
        var start = text.IndexOf(heading, StringComparison.Ordinal);
        return start < 0 ? [] : [.. CSharp().Matches(text[start..]).Select(match => match.Groups[1].Value)];
    }

    /// <summary>Whether an excerpt stands in one of the sources of a folder; in whole lines, moved to the left.</summary>
    public static bool Quotes(string excerpt, string folder) => Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText).Any(source =>
        new[] { "", "    ", "        ", "            " }.Any(indentation => source.Contains('\n' + LineStarts().Replace(excerpt, indentation), StringComparison.Ordinal)));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex("^(?=[^\n])", RegexOptions.Multiline)]
    private static partial Regex LineStarts();
}

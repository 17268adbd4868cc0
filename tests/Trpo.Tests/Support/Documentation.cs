using System.Text.RegularExpressions;

namespace Trpo.Tests.Support;

/// <summary>The excerpts of the sources in the documentation.</summary>
internal static partial class Documentation
{
    /// <summary>The C# excerpts of a document, or of its section with a heading ("## ...").</summary>
    public static string[] Excerpts(string document, string? heading = null)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", document));
        if (heading is not null)
            text = $"\n{text}".Split("\n## ").Single(section => section.StartsWith($"{heading[3..]}\n", StringComparison.Ordinal));
        return [.. CSharp().Matches(text).Select(match => match.Groups[1].Value)];
    }

    /// <summary>Returns true if the lines of an excerpt, which may be indented less, are in a source file of a folder.</summary>
    public static bool Quotes(string excerpt, string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).Any(source =>
        new[] { "", "    ", "        ", "            " }.Any(indentation => source.Contains('\n' + LineStarts().Replace(excerpt, indentation), StringComparison.Ordinal)));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex("^(?=[^\n])", RegexOptions.Multiline)]
    private static partial Regex LineStarts();
}

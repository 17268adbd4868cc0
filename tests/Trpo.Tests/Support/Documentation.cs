using System.Text.RegularExpressions;

namespace Trpo.Tests.Support;

/// <summary>The excerpts of the sources in the documentation.</summary>
internal static partial class Documentation
{
    /// <summary>The lines that every page shows whose excerpts are parts of programs.</summary>
    public const string Preamble = """
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.ML;
        using Microsoft.ML.Data;
        using Microsoft.ML.OnnxRuntime;
        using Trpo.Estimators;
        using Trpo.Estimators.Environments;
        using Trpo.Estimators.Environments.ClassicControl;
        using Trpo.Estimators.Logs;
        using Trpo.Estimators.Logs.Evaluation;
        using Trpo.Estimators.Networks;
        using Trpo.Onnx;
        using Trpo.Onnx.Hosting;
        using Trpo.Reports;
        using Trpo.Reports.Descriptions;
        using Trpo.Runtime;
        using Trpo.Runtime.Spaces;

        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());

        """;

    /// <summary>The C# excerpts of a document, or of its section with a heading ("## ..."), without the <see cref="Preamble"/>.</summary>
    public static string[] Excerpts(string document, string? heading = null)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", document));
        if (heading is not null)
            text = $"\n{text}".Split("\n## ").Single(section => section.StartsWith($"{heading[3..]}\n", StringComparison.Ordinal));
        return [.. CSharp().Matches(text).Select(match => match.Groups[1].Value).Where(excerpt => excerpt != Preamble)];
    }

    /// <summary>Returns true if the lines of an excerpt, which may be indented less, are in a source file of a folder.</summary>
    public static bool Quotes(string excerpt, string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).Any(source =>
        new[] { "", "    ", "        ", "            " }.Any(indentation => source.Contains('\n' + LineStarts().Replace(excerpt, indentation), StringComparison.Ordinal)));

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex("^(?=[^\n])", RegexOptions.Multiline)]
    private static partial Regex LineStarts();
}

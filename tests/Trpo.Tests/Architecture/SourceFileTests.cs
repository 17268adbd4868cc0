using System.Text.RegularExpressions;

namespace Trpo.Tests.Architecture;

/// <summary>Rules for the C# files of the repository.</summary>
public sealed partial class SourceFileTests
{
    private const int MaxLines = 300;

    [Test]
    public void Files_are_short() => Assert.That(SourceFile.All.Where(file => file.Lines > MaxLines).Select(file => $"{file.Path}: {file.Lines}"), Is.Empty);

    // A template has the namespace of the project that is made of it.
    [Test]
    public void Folders_are_namespaces()
    {
        var violations = SourceFile.All
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && !file.Path.StartsWith("src/Trpo.Templates/", StringComparison.Ordinal))
            .Where(file => Namespace().Matches(file.Text).Select(match => match.Groups["name"].Value) is var names
                && !names.Contains(file.Namespace) && (names.Any() || Path.GetFileName(file.Path) != "Program.cs"))
            .Select(file => file.Path);

        Assert.That(violations, Is.Empty);
    }

    // ML.NET finds the loader by an attribute and dictates its signature; everything else is in one folder.
    [Test]
    public void Only_one_folder_and_the_loader_reach_into_ml_net()
    {
        var files = SourceFile.All.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && MicrosoftMLInternals().IsMatch(file.Text)).Select(file => file.Path);

        Assert.That(files.Where(file => !file.StartsWith("src/Trpo.Onnx/Interop/", StringComparison.Ordinal)), Is.EqualTo(new[] { "src/Trpo.Onnx/PolicyTransformerLoader.cs" }));
    }

    [Test]
    public void Summaries_name_their_subject()
    {
        var violations = SourceFile.All.SelectMany(file => VagueSummary().Matches(file.Text)
            .Select(match => $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value.ReplaceLineEndings(" ")}"));

        Assert.That(violations, Is.Empty);
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(ModelLoadContext|VersionInfo|LoadableClass|SignatureLoadModel|SignatureLoadDataTransform|IDataTransform|OnnxContext|ICancelable|SchemaShape\.Create)\b")]
    private static partial Regex MicrosoftMLInternals();

    [GeneratedRegex(@"<summary>(\s*///\s*|\s*)(What|Whether|How|Where|Who|Whoever|The same|Is told|It|They)\b.*")]
    private static partial Regex VagueSummary();
}

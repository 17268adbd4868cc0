using System.Text.RegularExpressions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Architecture;

/// <summary>Measured numbers are formatted by significant digits: a fixed number of digits behind the point prints 1e-6 as zeros and 1e100 with a hundred digits.</summary>
public sealed partial class NumberFormatTests
{
    // Times, shares of a progress bar and bytes, whose sizes are bounded, coordinates, and the helpers that choose the format by the value.
    private static readonly string[] Bounded =
    [
        "Trpo.Cli/Display/TrainingPanel.cs", "Trpo.Cli/Runs/TrainingRun.cs", "Trpo.Cli/Foundation/NumberText.cs", "Trpo.Cli/Verbs/EvaluateVerb.cs",
        "Trpo.Reports/Html/NumberText.cs", "Trpo.Reports/Charts/PlotSvg.cs",
        "Trpo.Estimators/Environments/Checking/Exploration.cs", "Trpo.Estimators/Environments/Checking/EnvironmentReport.cs", "Trpo.Estimators/Display/ProgressText.cs", "Trpo.Estimators/Environments/DataViews/TableProgress.cs", "Trpo.Estimators/Evaluation/PolicyEvaluation.cs",
    ];

    [Test]
    public void Texts_of_measured_numbers_have_significant_digits()
    {
        var sources = Path.Combine(Repository.Root, "src");
        var found = Directory.EnumerateFiles(sources, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetRelativePath(sources, file).Replace('\\', '/'), File: file))
            .Where(file => !file.Name.Contains("/obj/", StringComparison.Ordinal) && FixedDigits().IsMatch(File.ReadAllText(file.File)))
            .Select(file => file.Name);

        Assert.That(found, Is.EquivalentTo(Bounded));
    }

    [GeneratedRegex(@":(F\d|P\d|0\.[0#]+)\}|""F\d""|""F\{")]
    private static partial Regex FixedDigits();
}

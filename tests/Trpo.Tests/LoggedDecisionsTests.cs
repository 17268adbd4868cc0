using System.Globalization;
using System.Text.RegularExpressions;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The example of a log of decisions, run as it is built.</summary>
public sealed partial class LoggedDecisionsTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "LoggedDecisions");

    [Test]
    public void The_example_learns_a_better_policy_and_acts_by_it_without_libtorch()
    {
        using var folder = new TemporaryFolder();
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "LoggedDecisions");
        var (exitCode, said, error) = Child.Run(program, "--out", folder.FullName);

        Assert.That(exitCode, Is.Zero, said + error);
        Assert.That(said, Does.Contain("Log: 0 errors, 0 warnings; 8,000 rows, 3 actions").And.Contains("Better: gain over the log").And.Contains("is shown Shoes"));
        var truth = Truth().Match(said);
        Assert.That(Number(truth, 1), Is.GreaterThan(1.3 * Number(truth, 2)));
        Assert.That(Directory.GetFiles(folder.FullName).Select(Path.GetFileName), Is.EquivalentTo(new[] { "log.csv", "report.html", "policy.onnx" }));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(program)!, "*torch_cpu*", SearchOption.AllDirectories), Is.Empty);
    }

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"the policy earns ([0-9.]+) per visitor, and the log's ([0-9.]+)\.")]
    private static partial Regex Truth();
}

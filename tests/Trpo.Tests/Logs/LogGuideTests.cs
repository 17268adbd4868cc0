using System.Text.RegularExpressions;
using Trpo.Cli;
using Trpo.Cli.Verbs;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Logs;

/// <summary>Tests of the commands of docs/logged-decisions.md, and of the policy that they end in.</summary>
public sealed class LogGuideTests
{
    [Test]
    public void Commands_of_the_page_lead_from_a_CSV_file_to_a_deployed_policy()
    {
        using var folder = new TemporaryFolder();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "logged-decisions.md"));
        var header = Regex.Match(page, "^```\n(visit,.*)$", RegexOptions.Multiline).Groups[1].Value;
        WriteVisits(folder.PathOf("visits.csv"), header, 2_000, seed: 1);
        WriteVisits(folder.PathOf("later.csv"), header, 1_000, seed: 2);
        var commands = Regex.Match(page, "^```shell\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(commands, Has.Length.EqualTo(4));
        foreach (var command in commands)
        {
            var (exitCode, output, error) = Tool.RunHere([.. command.Split(' ')[1..].Select(word => word.Contains('.', StringComparison.Ordinal) || word.Contains('/', StringComparison.Ordinal) ? folder.PathOf(word) : word)]);
            Assert.That(exitCode, Is.Zero, command + output + error);
        }

        Assert.That(File.Exists(folder.PathOf("later.html")), Is.True);
        Assert.That(Act(folder.PathOf("runs/banners/policy.onnx")), Is.EqualTo("Shoes"));
    }

    [Test]
    public void Every_command_in_the_help_of_the_verbs_can_be_parsed()
    {
        var root = CommandLine.Create();
        var examples = root.Subcommands.Single(verb => verb.Name == "log").Subcommands.Cast<Verb>().SelectMany(verb => verb.Examples).Select(example => example.Command).ToList();

        Assert.That(examples, Has.Count.AtLeast(6));
        foreach (var command in examples)
            Assert.That(root.Parse(command.Split(' ')[1..]).Errors, Is.Empty, command);
    }

    private static string Act(string graph)
    {
        // The graph has the transforms, the policy and the names of the actions.
        using var policy = PolicySession.Open(graph);
        var visitor = new { device = "phone", age = 31f };
        var banner = policy.Metadata.Actions.Names[policy.ActOn(visitor)];
        return banner;
    }

    // Phones want shoes, and the young do.
    private static void WriteVisits(string path, string header, int rows, ulong seed)
    {
        var random = new RandomSource(seed);
        var lines = Enumerable.Range(1, rows).Select(visit =>
        {
            var (isPhone, age, isShoes) = (random.NextDouble() < 0.5, 20 + (int)(random.NextDouble() * 50), random.NextDouble() < 0.25);
            var clicked = random.NextDouble() < (isShoes == (isPhone && age < 60) ? 0.7 : 0.2) ? 1 : 0;
            return FormattableString.Invariant($"{visit},{(isPhone ? "phone" : "\"desk, top\"")},{(visit % 20 == 0 ? "" : age)},{(isShoes ? "Shoes" : "Hats")},{(isShoes ? 0.25 : 0.75)},{clicked}");
        });
        File.WriteAllLines(path, lines.Prepend(header));
    }
}

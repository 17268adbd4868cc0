using System.Text.RegularExpressions;
using Trpo.Cli;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of the commands of docs/cli.md.</summary>
public sealed partial class GuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));

    [Test]
    public void Commands_of_the_guide_work_in_order()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("options.json"), Excerpts("json").Single());
        var commands = Excerpts("shell").SelectMany(excerpt => excerpt.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.That(commands, Has.Count.EqualTo(8));
        foreach (var command in commands)
        {
            var (exitCode, output, error) = Tool.RunHere([.. command.Split(' ').Skip(1).Select(word => InFolder(word, folder.FullName))]);
            Assert.That(exitCode, Is.Zero, $"{command}: {output}{error}");
        }

        Assert.That(File.Exists(folder.PathOf("policy.onnx")), Is.True);
        var written = Directory.GetFileSystemEntries(folder.PathOf("runs", "1")).Select(Path.GetFileName);
        Assert.That(written.Where(name => !Guide.Contains($"`{name}", StringComparison.Ordinal) && !name!.StartsWith("events.out.tfevents.", StringComparison.Ordinal)), Is.SubsetOf(new[] { "plots", "checkpoints" }), "the guide names every file");
    }

    [Test]
    public void Every_command_of_the_guide_and_of_the_help_can_be_parsed()
    {
        var root = CommandLine.Create();
        var help = root.Subcommands.Cast<Trpo.Cli.Verbs.Verb>().SelectMany(verb => verb.Examples.Select(example => example.Command));
        var guide = Commands().Matches(Guide).Select(match => match.Value.TrimEnd());

        foreach (var command in help.Concat(guide))
            Assert.That(root.Parse(command.Split(' ')[1..]).Errors, Is.Empty, command);
    }

    // Replaces the paths of the guide by those in a folder of the test, and makes trainings shorter.
    private static string InFolder(string word, string folder) => word switch
    {
        "50000" => "2048",
        "60000" => "4096",
        _ when word.Contains('.', StringComparison.Ordinal) || word.Contains('/', StringComparison.Ordinal) => Path.Combine(folder, word),
        _ => word,
    };

    private static IEnumerable<string> Excerpts(string language) =>
        Regex.Matches(Guide, $"^```{language}\n(.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value);

    [GeneratedRegex("^trpo [a-z]+ .*$", RegexOptions.Multiline)]
    private static partial Regex Commands();
}

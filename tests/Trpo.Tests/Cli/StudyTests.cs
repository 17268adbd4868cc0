using System.Text.Json;
using Trpo.Reports;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of trainings with several seeds, of comparisons and of sweeps, on the command line.</summary>
public sealed class StudyTests
{
    private static readonly string[] Short = ["--environment", "cartpole", "--preset", "plain", "--steps", "2048", "--episodes", "2"];

    private TemporaryFolder _folder = null!;
    private string _out = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _out = _folder.PathOf("study");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Seeds_are_trained_side_by_side_compared_and_not_trained_again()
    {
        var (exitCode, output, error) = Tool.RunHere(["train", .. Short, "--seeds", "1..2,7", "--parallel", "2", "--out", _out]);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(Directory.GetFileSystemEntries(_out).Select(Path.GetFileName), Is.EquivalentTo(new[] { "seed-1", "seed-2", "seed-7", "comparison.html" }));
        Assert.That(output, Does.Contain("seed-7: Evaluation: ").And.Contain("all runs: interquartile mean ").And.Contain("over 3 seeds (mean return of 2 evaluation episodes)"));
        var page = File.ReadAllText(Path.Combine(_out, "comparison.html"));
        Assert.That(page, Does.Contain("Comparison of 3 runs in 1 group").And.Contains("random policy"));

        // The same as a training of that seed alone, whatever runs beside it.
        var alone = _folder.PathOf("alone");
        Tool.RunHere(["train", .. Short, "--seed", "7", "--out", alone]);
        Assert.That(Returns(Path.Combine(_out, "seed-7")), Is.EqualTo(Returns(alone)));

        Directory.Delete(Path.Combine(_out, "seed-2"), recursive: true);
        (exitCode, output, error) = Tool.RunHere(["train", .. Short, "--seeds", "1..2,7", "--out", _out]);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("seed-1: finished before.").And.Contain("seed-7: finished before.").And.Contain("seed-2: Evaluation: ").And.Not.Contain("seed-1: Evaluation: "));

        // Another command does not go on with these.
        (exitCode, _, error) = Tool.RunHere(["train", .. Short, "--normalize", "off", "--seeds", "1..2", "--out", _out]);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("There is a run with other settings in").And.Contain("seed-1"));
    }

    [Test]
    public void A_seed_that_fails_does_not_lose_the_others()
    {
        Tool.RunHere(["train", .. Short, "--seeds", "2", "--out", _out]);
        File.Delete(Path.Combine(_out, "seed-2", "model.zip"));
        Assert.That(RunRecorder.TryLock(Path.Combine(_out, "seed-2"), out var held), Is.True);
        using (held)
        {
            var (exitCode, output, error) = Tool.RunHere(["train", .. Short, "--seeds", "1..3", "--out", _out]);

            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(error, Does.Contain("seed-2 failed: Another training is being recorded in "));
            Assert.That(output, Does.Contain("seed-1: Evaluation: ").And.Contain("seed-3: Evaluation: ").And.Contain("over 3 seeds"), "what was recorded of the failed one is compared too");
        }

        var again = Tool.RunHere(["train", .. Short, "--seeds", "1..3", "--out", _out]);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Output, Does.Contain("seed-1: finished before.").And.Contain("seed-2: Evaluation: "));
    }

    [TestCase("5..1")]
    [TestCase("-1")]
    [TestCase("1..2..3")]
    [TestCase("one")]
    [TestCase("0..1000")]
    public void Lists_that_are_none_are_refused(string seeds)
    {
        var (exitCode, _, error) = Tool.RunHere(["train", .. Short, $"--seeds={seeds}", "--out", _out]);

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain($"--seeds must be a list of at most 1000 seeds from 0, such as 1..5 or 1,3,8, not '{seeds}'."));
    }

    [Test]
    public void Seeds_and_a_seed_contradict_each_other()
    {
        Assert.That(Tool.RunHere(["train", .. Short, "--seeds", "1..2", "--seed", "3", "--out", _out]).Error, Does.Contain("by --seeds or by --seed"));
        Assert.That(Tool.RunHere(["train", .. Short, "--parallel", "2", "--out", _out]).Error, Does.Contain("--parallel is the number of trainings of --seeds"));
    }

    [Test]
    public void Runs_are_compared_by_their_settings_and_others_environments_are_refused()
    {
        var (small, large, pendulum) = (_folder.PathOf("small"), _folder.PathOf("large"), _folder.PathOf("pendulum"));
        var options = _folder.PathOf("options.json");
        File.WriteAllText(options, """{ "trustRegion": { "maxKl": 0.05 } }""");
        Tool.RunHere(["train", .. Short, "--out", small]);
        Tool.RunHere(["train", .. Short, "--options", options, "--out", large]);
        Tool.RunHere("train", "--environment", "pendulum", "--steps", "1024", "--episodes", "0", "--out", pendulum);
        var page = _folder.PathOf("page.html");

        var (exitCode, output, error) = Tool.RunHere("report", small, large, "--out", page);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("trustRegion.maxKl = 0.05: interquartile mean ").And.Contain("trustRegion.maxKl = 0.01: ").And.Contain("with a probability of ").And.Contain($"Wrote {page}"));
        Assert.That(File.ReadAllText(page), Does.Contain("<th scope=\"col\">trustRegion.maxKl</th>"));

        (exitCode, _, error) = Tool.RunHere("report", _folder.FullName);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("The runs measure different environments: ").And.Contain($"{pendulum} in Pendulum"));
        Assert.That(Tool.RunHere("report", _folder.PathOf("nothing"), small).Error, Does.Contain("There is no folder"));
    }

    [Test]
    public void A_sweep_halves_its_trials_and_goes_on_where_it_was()
    {
        var file = _folder.PathOf("sweep.json");
        File.WriteAllText(file, """{ "settings": { "trustRegion.maxKl": [1e-9, 0.01, 0.02] }, "halving": { "firstSteps": 1024, "keep": 0.5 } }""");
        string[] command = ["sweep", file, .. Short, "--out", _out];
        var (exitCode, output, error) = Tool.RunHere(command);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("3 trials, compared after 1,024, 2,048 steps").And.Contain("  1. trial-").And.Contain("after 2,048 steps").And.Match(@"3\. trial-\d: return .* after 1,024 steps"));
        Assert.That(Steps("trial-1") + Steps("trial-2") + Steps("trial-3"), Is.InRange((2 * 2_000) + 1_000, (2 * 2_100) + 1_600), "two were trained to the end, and one was paused");
        var best = JsonDocument.Parse(File.ReadAllText(Path.Combine(_out, "best.json"))).RootElement.GetProperty("trustRegion").GetProperty("maxKl").GetDouble();
        Assert.That(new[] { 1e-9, 0.01, 0.02 }, Does.Contain(best));
        Assert.That(File.Exists(Path.Combine(_out, "comparison.html")), Is.True);

        // Killed after the first comparison: what was measured there stays, and the rest is trained again.
        var ranking = Ranking(output);
        Directory.Delete(Path.Combine(_out, ranking[0]), recursive: true);
        var before = File.GetLastWriteTimeUtc(Path.Combine(_out, ranking[1], "metrics.csv"));
        (exitCode, output, error) = Tool.RunHere(command);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(Ranking(output), Is.EqualTo(ranking), "a sweep that was never stopped");
        Assert.That(File.GetLastWriteTimeUtc(Path.Combine(_out, ranking[1], "metrics.csv")), Is.EqualTo(before));

        static string[] Ranking(string text) => [.. text.Split('\n').Where(line => line.Contains(". trial-", StringComparison.Ordinal)).Select(line => line.Split(". ")[1].Split(':')[0])];
    }

    [Test]
    public void A_sweep_over_a_setting_that_does_not_exist_is_refused_with_the_nearest_name()
    {
        var file = _folder.PathOf("sweep.json");
        File.WriteAllText(file, """{ "settings": { "trustRegion.maxKel": [0.01] } }""");
        var (exitCode, _, error) = Tool.RunHere(["sweep", file, .. Short, "--out", _out]);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain($"{file}: The sweep varies 'trustRegion.maxKel', but there is no such setting. The nearest name is 'trustRegion.maxKl'."));
        Assert.That(Directory.Exists(_out), Is.False);
    }

    private static string[] Returns(string run) => [.. File.ReadLines(Path.Combine(run, "metrics.csv")).Select(line => string.Join(',', line.Split(',').Take(2).Concat(line.Split(',').Skip(4).Take(6))))];

    private int Steps(string trial) => int.Parse(File.ReadLines(Path.Combine(_out, trial, "metrics.csv")).Last().Split(',')[1], System.Globalization.CultureInfo.InvariantCulture);
}

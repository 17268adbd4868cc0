using System.Text.Json;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of the flags and settings of trpo train that decide how a training ends.</summary>
public sealed class TrainingFlagTests
{
    private TemporaryFolder _folder = null!;
    private string _run = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void The_length_of_the_last_iterations_has_a_flag_that_takes_precedence_over_the_file()
    {
        var file = _folder.PathOf("options.json");
        File.WriteAllText(file, """{ "finalStepsPerIteration": 512, "stepsPerIteration": 256 }""");
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--preset", "plain", "--steps", "8192", "--final-steps-per-iteration", "2048", "--options", file, "--episodes", "0", "--out", _run);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("stepsPerIteration = 256; finalStepsPerIteration = 2048;"));
        using var command = JsonDocument.Parse(File.ReadAllText(Path.Combine(_run, "command.json")));
        Assert.That(command.RootElement.GetProperty("options").GetProperty("finalStepsPerIteration").GetInt32(), Is.EqualTo(2_048));
        var steps = File.ReadLines(Path.Combine(_run, "metrics.csv")).Skip(1).Select(line => int.Parse(line.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.That(steps[0], Is.InRange(200, 320), "the first iteration");
        Assert.That(steps[^1] - steps[^2], Is.InRange(1_500, 2_600), "the last one");
    }

    [Test]
    public void A_dry_run_shows_the_lengths_and_the_memory_of_evaluations()
    {
        var file = _folder.PathOf("options.json");
        File.WriteAllText(file, """{ "evaluation": { "every": 5000, "keepBest": true } }""");
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--steps", "100000", "--final-steps-per-iteration", "4096", "--options", file, "--dry-run", "--out", _run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("after 504 steps at first and 4,080 at the end").And.Contain(" for evaluations"));
        Assert.That(output, Does.Contain("finalStepsPerIteration = 4096;").And.Contain("evaluation.every = 5000; evaluation.episodes = 20;"));
    }

    [Test]
    public void The_number_of_shards_has_a_flag_and_a_training_resumes_with_it()
    {
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--shards", "3", "--steps", "2000", "--episodes", "0", "--out", _run);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("shards = 3"));
        (exitCode, output, error) = Tool.RunHere("resume", _run, "--steps", "3000");
        Assert.That(exitCode, Is.Zero, output + error);
        using var command = JsonDocument.Parse(File.ReadAllText(Path.Combine(_run, "command.json")));
        Assert.That(command.RootElement.GetProperty("options").GetProperty("shards").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public void More_shards_than_environments_are_refused()
    {
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--shards", "9", "--out", _run);

        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(output + error, Does.Contain("Shards is 9").And.Contain("count of 8"));
    }

    [TestCase("1")]
    [TestCase("10000001")]
    [TestCase("many")]
    public void A_length_out_of_range_is_refused(string length)
    {
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--final-steps-per-iteration", length, "--out", _run);

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain($"--final-steps-per-iteration must be a whole number from 2 to 10000000, not '{length}'."));
    }

    [Test]
    public void A_run_that_its_patience_ended_resumes_with_a_file_that_has_more()
    {
        var (file, more) = (_folder.PathOf("options.json"), _folder.PathOf("more.json"));
        File.WriteAllText(file, """{ "stepsPerIteration": 64, "trustRegion": { "maxKl": 1e-9 }, "evaluation": { "every": 64, "episodes": 1, "patience": 2 } }""");
        File.WriteAllText(more, """{ "evaluation": { "patience": 1000 } }""");
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--preset", "plain", "--steps", "2048", "--options", file, "--episodes", "0", "--out", _run);
        Assert.That(exitCode, Is.Zero, output + error);
        var ended = Rows().Length;
        Assert.That(ended, Is.InRange(3, 31), "policies that do not change bring nothing better");
        (exitCode, output, error) = Tool.RunHere("resume", _run, "--options", more);

        Assert.That(exitCode, Is.Zero, output + error);
        var rows = Rows();
        var evaluated = Array.IndexOf(rows[0].Split(','), "evaluation_return");
        Assert.That(rows, Has.Length.EqualTo(33));
        Assert.That(rows.Skip(1).Select(row => row.Split(',')[evaluated]), Has.None.Empty);

        string[] Rows() => File.ReadAllLines(Path.Combine(_run, "metrics.csv"));
    }

    [Test]
    public void A_training_that_diverges_leaves_the_best_policy_of_its_evaluations()
    {
        var file = _folder.PathOf("options.json");
        File.WriteAllText(file, """{ "evaluation": { "every": 512, "episodes": 2, "keepBest": true } }""");
        var (exitCode, output, error) = Tool.Run("train", "--assembly", Tool.Environments, "--environment", "Overflowing", "--steps", "100000", "--normalize", "off", "--options", file, "--out", _run);

        Assert.That(exitCode, Is.EqualTo(1), output + error);
        Assert.That(error, Does.Contain("Training stopped at iteration"));
        Assert.That(output, Does.Contain("evaluation.every = 512; evaluation.episodes = 2;").And.Contain("evaluation.keepBest = true"));
        Assert.That(output, Does.Contain($"Wrote {Path.Combine(_run, "model.zip")}").And.Contain($"Wrote {Path.Combine(_run, "policy.onnx")}"));
        Assert.That(Tool.RunHere("inspect", Path.Combine(_run, "policy.onnx")).ExitCode, Is.Zero);
    }
}

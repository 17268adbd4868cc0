using System.Globalization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of trainings that are interrupted and resumed.</summary>
public sealed class ResumeTests
{
    private const string Enough = "200000000";

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
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void Ctrl_C_saves_the_policy_and_prints_how_to_resume([Values("INT", "TERM", "HUP")] string signal)
    {
        var (exitCode, output, error) = Tool.RunUntil(Path.Combine(_run, "metrics.csv"), signal, "train", "--environment", "cartpole", "--preset", "plain", "--steps", Enough, "--out", _run);

        Assert.That(exitCode, Is.EqualTo(130), output + error);
        Assert.That(error, Does.Contain($"trpo resume {_run}"));
        Assert.That(error, Does.Not.Contain("   at "));
        Assert.That(Directory.GetFileSystemEntries(_run).Select(Path.GetFileName), Is.SupersetOf(new[] { "command.json", "metrics.csv", "run.json", "model.zip", "policy.onnx", "report.html", "checkpoints" }));
        Assert.That(Directory.GetFiles(Path.Combine(_run, "checkpoints")), Is.Not.Empty);
        Assert.That(Tool.RunHere("evaluate", _run, "--episodes", "2").ExitCode, Is.Zero, "the policy of the last update is usable");
    }

    [Test]
    public void A_finished_run_trains_for_longer_and_its_log_has_every_iteration_once()
    {
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "2048", "--episodes", "0", "--out", _run).ExitCode, Is.Zero);
        var (exitCode, output, error) = Tool.Run("resume", _run, "--steps", "4096");

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(Iterations(), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(output, Does.Not.Contain("  512 steps"), "it begins where it was");
        Assert.That(File.ReadAllText(Path.Combine(_run, "command.json")), Does.Contain("\"totalSteps\": 4096"));
    }

    [Test]
    public void A_finished_run_that_is_resumed_has_nothing_left_to_do()
    {
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "2048", "--episodes", "0", "--out", _run).ExitCode, Is.Zero);
        var before = File.ReadAllBytes(Path.Combine(_run, "policy.onnx"));
        var (exitCode, output, _) = Tool.RunHere("resume", _run);

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.Contain("No iteration was left to train."));
        Assert.That(File.ReadAllBytes(Path.Combine(_run, "policy.onnx")), Is.EqualTo(before));
        Assert.That(Iterations(), Is.EqualTo(Enumerable.Range(1, 4)));
    }

    [Test]
    public void A_file_cannot_make_a_run_shorter()
    {
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--episodes", "0", "--out", _run).ExitCode, Is.Zero);
        var file = _folder.PathOf("shorter.json");
        File.WriteAllText(file, "{ \"totalSteps\": 512 }");
        var (exitCode, _, error) = Tool.RunHere("resume", _run, "--options", file);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("1,024 steps").And.Contain("512"));
        Assert.That(File.ReadAllText(Path.Combine(_run, "command.json")), Does.Contain("\"totalSteps\": 1024"));
    }

    private IEnumerable<int> Iterations() =>
        File.ReadLines(Path.Combine(_run, "metrics.csv")).Skip(1).Select(line => int.Parse(line.Split(',')[0], CultureInfo.InvariantCulture));
}

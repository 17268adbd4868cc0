using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of <c>trpo train --dry-run</c>, which refuses what a training refuses, and trains nothing.</summary>
public sealed class DryRunTests
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
    public void The_sizes_are_printed_and_nothing_is_written()
    {
        var options = _folder.PathOf("options.json");
        File.WriteAllText(options, """{ "finalStepsPerIteration": 4096, "valueFunction": { "hiddenLayers": [256] } }""");
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--steps", "100000", "--options", options, "--dry-run", "--out", _run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(error, Is.Empty);
        Assert.That(output, Does.StartWith("Environment: CartPole, 8 at once").And.Contains("Steps: 100,000, with ").And.Contains(" updates of the policy after 504 steps at first and 4,080 at the end"));
        Assert.That(output, Does.Contain("with those of 3 earlier iterations").And.Contains("Value function: 4-256-1, 1,537 parameters").And.Match("Memory: about .* for checkpoints and rollbacks"));
        Assert.That(output, Does.Contain(": finalStepsPerIteration = 4096; seed = 1; reusedIterations = 3;").And.Contains($"Nothing was trained, because of --dry-run. The files would go to {_run}."));
        Assert.That(Directory.GetFileSystemEntries(_folder.FullName), Is.EqualTo(new[] { options }));
    }

    [Test]
    public void The_environment_makes_no_step()
    {
        var (exitCode, output, error) = Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Failing", "--dry-run", "--out", _run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.StartWith("Environment: "));
        Assert.That(Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Failing", "--out", _run).ExitCode, Is.EqualTo(1), "its steps fail");
    }

    [TestCase("""{ "discont": 0.9 }""", "There is no option 'discont'")]
    [TestCase("""{ "device": "gpu" }""", "Device is 'gpu', but must be")]
    [TestCase("""{ "device": "cuda:7" }""", "The device 'cuda:7' ")]
    [TestCase("""{ "engine": "Managed", "device": "cuda" }""", "Engine is Managed, which computes on the processor only")]
    [TestCase("""{ "actionMask": true }""", "mask")]
    [TestCase("""{ "totalSteps": 2000000000, "stepsPerIteration": 10000000, "reusedIterations": 100 }""", "Lower StepsPerIteration to ")]
    public void Wrong_settings_are_refused_as_by_a_training(string options, string message)
    {
        var file = _folder.PathOf("options.json");
        File.WriteAllText(file, options);

        AssertSameRefusal(message, "--environment", "pendulum", "--options", file, "--out", _run);
    }

    [Test]
    public void Wrong_files_and_folders_are_refused_as_by_a_training()
    {
        Directory.CreateDirectory(_run);
        File.WriteAllText(Path.Combine(_run, "metrics.csv"), "an earlier run");

        AssertSameRefusal("--overwrite", "--environment", "cartpole", "--out", _run);
        AssertSameRefusal("is a file", "--environment", "cartpole", "--out", Path.Combine(_run, "metrics.csv"));
        AssertSameRefusal("nothing.json", "--environment", "cartpole", "--options", _folder.PathOf("nothing.json"), "--out", _folder.PathOf("other"));
        AssertSameRefusal("nothing.dll", "--assembly", _folder.PathOf("nothing.dll"), "--out", _folder.PathOf("other"));
        AssertSameRefusal("'mood'", "--assembly", Tool.Environments, "--environment", "Unencodable", "--out", _folder.PathOf("other"));
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--out", _run, "--overwrite", "--dry-run").ExitCode, Is.Zero);
        Assert.That(Directory.GetFileSystemEntries(_run), Is.EqualTo(new[] { Path.Combine(_run, "metrics.csv") }), "the earlier run stays");
    }

    private static void AssertSameRefusal(string message, params string[] arguments)
    {
        var (dry, training) = (Tool.RunHere(["train", .. arguments, "--dry-run"]), Tool.RunHere(["train", .. arguments]));

        Assert.That(dry.Error, Does.Contain(message));
        Assert.That(dry, Is.EqualTo(training));
        Assert.That(dry.ExitCode, Is.EqualTo(1));
    }
}

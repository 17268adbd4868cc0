using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of Ctrl-C while a policy is learned from a log.</summary>
public sealed class LogSignalTests
{
    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void An_interrupted_training_leaves_its_best_policy_and_no_other_file()
    {
        using var folder = new TemporaryFolder();
        var (csv, run) = (new LogWriter(4_000).Csv(folder.PathOf("log.csv")), folder.PathOf("run"));

        // Before the first step there is no policy.
        var (exitCode, output, error) = Tool.RunUntilLine("1 steps  value", "INT", ["log", "train", "--data", csv, .. LogWriter.Columns, "--ignore", "id", "--kl", "0.000001", "--steps", "1000000", "--out", run]);

        Assert.That(exitCode, Is.EqualTo(130), output + error);
        Assert.That(error, Does.Contain("Stopping after this step").And.Contains("the best policy so far was written"));
        Assert.That(Directory.GetFileSystemEntries(run).Select(Path.GetFileName), Is.EquivalentTo(new[] { "model.zip", "policy.onnx", "log.json" }));
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", csv).ExitCode, Is.Zero);
    }
}

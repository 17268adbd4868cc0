using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>Ctrl-C in the examples that train for longer.</summary>
public sealed class ExampleInterruptionTests
{
    [TestCase("CartPole")]
    [TestCase("Inventory")]
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void Ctrl_C_writes_a_checkpoint_and_prints_how_to_resume(string example)
    {
        using var folder = new TemporaryFolder();
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Repository.Root, "examples", example, "bin", output.Parent!.Name, output.Name, example);
        string[] arguments = ["--steps", "100000000", "--out", folder.FullName];
        var first = folder.PathOf("checkpoints", "00000001.checkpoint");
        var (exitCode, said, error) = Child.RunUntil(program, first, "INT", arguments);

        Assert.That(exitCode, Is.EqualTo(130), said + error);
        Assert.That(said, Does.Contain("Interrupted after").And.Contain("--resume"));
        Assert.That(CheckpointFile.Read(folder.PathOf("checkpoints", "00000002.checkpoint")).Has("policy"), "the checkpoint of the interruption");

        (exitCode, said, error) = Child.RunUntil(program, first, "INT", [.. arguments, "--resume"]);
        Assert.That(exitCode, Is.EqualTo(130), said + error);
    }
}

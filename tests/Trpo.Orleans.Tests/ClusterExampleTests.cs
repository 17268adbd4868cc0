using Trpo.Tests.Support;

namespace Trpo.Orleans.Tests;

/// <summary>The example of a cluster, run as it is built, and its excerpts in the documentation.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ClusterExampleTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Cluster");

    private static readonly string[] Short = ["--microseconds", "20", "--steps", "2048", "--compare", "1024"];

    /// <summary>Gets the program, by an absolute path, which Child.Run takes as it is.</summary>
    internal static string Program
    {
        get
        {
            var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            return Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Cluster");
        }
    }

    [Test]
    public void Silos_in_processes_of_their_own_train_the_policy_of_one_process()
    {
        using var folder = new TemporaryFolder();
        var certificate = folder.PathOf("cluster.pfx");
        Assert.That(Child.Run(Program, "certificate", certificate).ExitCode, Is.Zero);
        Assert.That(Child.Run(Program, "certificate", certificate).Error, Does.Contain("IOException").And.Contain("already exists"));

        var (exitCode, said, error) = Child.Run(Program, [.. Short, "--certificate", certificate, "--out", folder.FullName]);

        Assert.That(exitCode, Is.Zero, said + error);
        Assert.That(said, Does.Contain("Trained for 2,048 steps").And.Contain("1,024 steps on the cluster and in this process").And.Contain("the same policy, bit for bit"));
        Assert.That(error, Is.Empty);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void Ctrl_C_writes_a_checkpoint_and_ends_the_silos()
    {
        using var folder = new TemporaryFolder();

        // Waits until the outputs are closed, which the silos share.
        var (exitCode, said, error) = Child.RunUntil(Program, folder.PathOf("checkpoints", "00000001.checkpoint"), "INT", "--microseconds", "20", "--steps", "100000000", "--out", folder.FullName);

        Assert.That(exitCode, Is.EqualTo(130), said + error);
        Assert.That(said, Does.Contain("Interrupted after").And.Contain("--resume"));
    }

    [Test]
    public void A_cluster_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = Child.Run(Program, "train", "--gateways", "1", "--patience", "1", "--out", folder.FullName);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("TimeoutException: No silo of cluster 'trpo-reactor' has accepted this client for 1 s."));
    }

    [Test]
    public void The_documentation_quotes_the_example()
    {
        var excerpts = Documentation.Excerpts("cluster.md");

        Assert.That(excerpts, Has.Length.EqualTo(3));
        Assert.That(excerpts.Where(excerpt => !Documentation.Quotes(excerpt, Folder)), Is.Empty);
    }
}

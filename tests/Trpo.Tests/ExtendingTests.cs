using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The examples of extending, run as they are built.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ExtendingTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Extending");

    [TestCase("network")]
    [TestCase("distribution")]
    [TestCase("baseline")]
    [TestCase("optimizer")]
    [TestCase("environment")]
    [TestCase("asynchronous")]
    [TestCase("supervised")]
    public void An_example_reaches_its_required_result(string example)
    {
        // Child.Run takes an absolute path as it is.
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Extending");
        var (exitCode, said, error) = Child.Run(program, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, example);

        Assert.That(exitCode, Is.Zero, said + error);
    }
}

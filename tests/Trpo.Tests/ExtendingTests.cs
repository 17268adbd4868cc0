using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The examples of extending, run as they are built, and the excerpts of them in the documentation.</summary>
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

    [Test]
    public void The_page_of_the_algorithm_quotes_an_example()
    {
        var excerpts = Documentation.Excerpts("algorithm.md");

        Assert.That(excerpts, Has.Length.EqualTo(1));
        Assert.That(excerpts.Where(excerpt => !Documentation.Quotes(excerpt, Folder)), Is.Empty);
    }

    [Test]
    public void The_page_of_environments_quotes_the_asynchronous_one()
    {
        var excerpts = Documentation.Excerpts("environments.md", "## Slow environments: asynchronous");

        Assert.That(excerpts, Has.Length.EqualTo(1));
        Assert.That(Documentation.Quotes(excerpts[0], Folder), Is.True);
    }

    [Test]
    public void The_documentation_quotes_the_examples()
    {
        var excerpts = Documentation.Excerpts("extending.md");

        Assert.That(excerpts, Has.Length.EqualTo(6));
        Assert.That(excerpts.Where(excerpt => !Documentation.Quotes(excerpt, Folder)), Is.Empty);
    }
}

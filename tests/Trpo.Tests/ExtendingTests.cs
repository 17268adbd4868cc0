using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The examples of what can be extended, run as they are built, and what the documentation quotes of them.</summary>
public sealed class ExtendingTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Extending");

    [TestCase("network")]
    [TestCase("distribution")]
    [TestCase("baseline")]
    [TestCase("optimizer")]
    [TestCase("environment")]
    [TestCase("supervised")]
    public void An_example_learns_what_it_should(string example)
    {
        // A rooted path stays what it is.
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Extending");
        var (exitCode, said, error) = Child.Run(program, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, example);

        Assert.That(exitCode, Is.Zero, said + error);
    }

    [Test]
    public void The_documentation_quotes_the_examples()
    {
        var excerpts = Documentation.Excerpts("extending.md");

        Assert.That(excerpts, Has.Length.EqualTo(6));
        Assert.That(excerpts.Where(excerpt => !Documentation.Quotes(excerpt, Folder)), Is.Empty);
    }
}

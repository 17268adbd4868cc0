using System.Globalization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Memory over two thousand iterations, in a process of its own.</summary>
public sealed class SoakTests
{
    private const int Iterations = 2_000;

    // In bytes. The garbage collector allocates and returns a few MiB at a time; one leaked activation per iteration would be 100 MiB.
    private const long Noise = 32 << 20;

    [TestCase("kernel")]
    [TestCase("torch")]
    public void Memory_stays_flat(string network)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", "soak", folder.FullName, Iterations.ToString(CultureInfo.InvariantCulture), network);
        Assert.That(exitCode, Is.Zero, error);

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(long.Parse).ToArray()).ToList();
        var (early, late) = (lines[400..600].Average(line => line[0]), lines[^200..].Average(line => line[0]));
        Assert.That(lines, Has.Count.EqualTo(Iterations));
        Assert.That(late - early, Is.LessThan(Noise), "resident memory");
        Assert.That(lines.Select(line => line[1]).Distinct().ToList(), Has.Count.EqualTo(1), "libtorch's tensors after each iteration");
        TestContext.Out.WriteLine($"{network}: {early / (1 << 20):F1} MiB after 500 iterations, {late / (1 << 20):F1} MiB after {Iterations}; {lines[0][1]} tensors");
    }
}

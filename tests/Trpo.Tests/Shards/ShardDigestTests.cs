using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>The bits of trainings with random settings over numbers of shards and threads, each training in a process of one vector width.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ShardDigestTests
{
    private const int Settings = 6;

    [TestCase(true)]
    [TestCase(false)]
    public void Policies_and_metrics_depend_on_the_number_of_shards_and_not_on_that_of_threads(bool withWidestVectors)
    {
        // Another one each time, but where a run must be repeatable; messages name it.
        var seed = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")) ? Environment.TickCount & 0xFFFFFF : 1;
        var variables = new Dictionary<string, string>();
        if (!withWidestVectors)
            (variables["DOTNET_EnableAVX512"], variables["DOTNET_EnableAVX512F"]) = ("0", "0");
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", TimeSpan.FromMinutes(5), variables, "shards", $"{seed}", $"{Settings}");
        Assert.That(exitCode, Is.Zero, error);

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(' ')).ToList();
        Assert.That(lines, Has.Count.EqualTo(Settings * 4 * 4));
        if (!withWidestVectors)
            Assert.That(lines.Select(line => line[4]), Is.All.EqualTo("False"), "vectors of 512 bits are switched off");
        foreach (var setting in lines.GroupBy(line => line[0]))
        {
            var digests = setting.GroupBy(line => line[1], line => line[3]).Select(shards => shards.Distinct().ToList()).ToList();
            Assert.That(digests.Select(digest => digest.Count), Is.All.EqualTo(1), $"settings {setting.Key} of seed {seed} with 1, 2, 3 and 8 threads, for 1 to 4 shards");
            Assert.That(digests.Select(digest => digest[0]), Is.Unique, $"settings {setting.Key} of seed {seed}: the number of shards matters");
        }
    }
}

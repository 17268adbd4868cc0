using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Resuming after a process was killed at random moments.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class KillTests
{
    private const string Steps = "400000";

    // In milliseconds: so short that a checkpoint is being written most of the time, so that most kills interrupt one.
    private const string Interval = "1";

    private const int Kills = 20;
    private const int PollMilliseconds = 5;

    [TestCase(1)]
    [TestCase(3)]
    public void A_training_that_was_killed_many_times_equals_an_undisturbed_one_bit_for_bit(int shards)
    {
        using var folder = new TemporaryFolder();
        var (undisturbed, killed) = (folder.PathOf("undisturbed"), folder.PathOf("killed"));
        Finish(undisturbed, interval: "60000", shards);

        var random = new RandomSource((ulong)Environment.TickCount64);
        var kills = 0;
        for (var i = 0; i < Kills && !File.Exists(Path.Combine(killed, "policy.onnx")); i++)
        {
            if (Kill(killed, after: TimeSpan.FromMilliseconds(random.NextDouble(0, 300)), shards))
                kills++;
        }

        var checkpoints = Directory.GetFiles(Path.Combine(killed, "checkpoints"));
        Finish(killed, interval: "60000", shards);

        TestContext.Out.WriteLine($"{kills} kills; left behind: {string.Join(", ", checkpoints.Select(Path.GetFileName))}");
        Assert.That(kills, Is.EqualTo(Kills), "the training is long enough for all kills");
        Assert.That(File.ReadAllBytes(Path.Combine(killed, "policy.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(undisturbed, "policy.onnx"))));
        var (then, now) = (Latest(undisturbed), Latest(killed));
        var last = $"shard {shards - 1}";
        foreach (var name in new[] { "policy", "value function", "shard 0", "random numbers", "mean return", "progress", "shard 0, rollout in progress", "shard 0, environments", last, $"{last}, rollout in progress", $"{last}, environments" })
            Assert.That(StateOf(now, name), Is.EqualTo(StateOf(then, name)), name);
        Assert.That(Directory.GetFiles(Path.Combine(killed, "checkpoints"), "*.tmp"), Is.Empty, "partially written files are deleted");
    }

    private static void Finish(string folder, string interval, int shards)
    {
        var (exitCode, _, error) = Child.Run("Trpo.LongRuns", "train", folder, Steps, interval, $"{shards}");
        Assert.That(exitCode, Is.Zero, error);
    }

    // Kills a training some time after its next checkpoint; false if the training ended before.
    private static bool Kill(string folder, TimeSpan after, int shards)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (var argument in (ReadOnlySpan<string>)[Child.PathOf("Trpo.LongRuns"), "train", folder, Steps, Interval, $"{shards}"])
            start.ArgumentList.Add(argument);
        var before = LatestPath(folder);
        using var process = Process.Start(start)!;
        while (LatestPath(folder) == before && !process.WaitForExit(PollMilliseconds))
        {
        }

        if (process.WaitForExit(after))
        {
            Assert.That(process.ExitCode, Is.Zero, process.StandardError.ReadToEnd());
            return false;
        }

        process.Kill();
        process.WaitForExit();
        return true;
    }

    private static string? LatestPath(string folder)
    {
        var checkpoints = Path.Combine(folder, "checkpoints");
        return Directory.Exists(checkpoints) ? Directory.GetFiles(checkpoints, "*.checkpoint").Order(StringComparer.Ordinal).LastOrDefault() : null;
    }

    private static CheckpointContent Latest(string folder) => CheckpointFile.Read(LatestPath(folder)!);

    private static byte[] StateOf(CheckpointContent content, string name)
    {
        byte[] state = [];
        content.Restore(name, reader => state = reader.ReadBytes((int)reader.BaseStream.Length));
        return state;
    }
}

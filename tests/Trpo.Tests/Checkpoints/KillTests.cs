using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>A process that is killed at any moment, and the training that goes on.</summary>
public sealed class KillTests
{
    private const string Steps = "400000";

    // A checkpoint whenever the last one is written: most kills come while one is.
    private const string Interval = "1";

    private const int Kills = 20;
    private const int PollMilliseconds = 5;

    [Test]
    public void Killed_many_times_it_comes_to_the_same()
    {
        using var folder = new TemporaryFolder();
        var (undisturbed, killed) = (folder.PathOf("undisturbed"), folder.PathOf("killed"));
        Finish(undisturbed, interval: "60000");

        var random = new RandomSource((ulong)Environment.TickCount64);
        var kills = 0;
        for (var i = 0; i < Kills && !File.Exists(Path.Combine(killed, "policy.onnx")); i++)
        {
            if (Kill(killed, after: TimeSpan.FromMilliseconds(random.NextDouble(0, 300))))
                kills++;
        }

        var checkpoints = Directory.GetFiles(Path.Combine(killed, "checkpoints"));
        Finish(killed, interval: "60000");

        TestContext.Out.WriteLine($"{kills} kills; left behind: {string.Join(", ", checkpoints.Select(Path.GetFileName))}");
        Assert.That(kills, Is.EqualTo(Kills), "the training is long enough to be killed in");
        Assert.That(File.ReadAllBytes(Path.Combine(killed, "policy.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(undisturbed, "policy.onnx"))));
        var (then, now) = (Latest(undisturbed), Latest(killed));
        foreach (var name in new[] { "policy", "value function", "rollouts", "random numbers", "mean return", "progress", "rollout under way", "environments" })
            Assert.That(StateOf(now, name), Is.EqualTo(StateOf(then, name)), name);
        Assert.That(Directory.GetFiles(Path.Combine(killed, "checkpoints"), "*.tmp"), Is.Empty, "what was half written is gone");
    }

    private static void Finish(string folder, string interval)
    {
        var (exitCode, _, error) = Child.Run("Trpo.LongRuns", "train", folder, Steps, interval);
        Assert.That(exitCode, Is.Zero, error);
    }

    // Some time after its first checkpoint; false if it ended before.
    private static bool Kill(string folder, TimeSpan after)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (var argument in (ReadOnlySpan<string>)[Child.PathOf("Trpo.LongRuns"), "train", folder, Steps, Interval])
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

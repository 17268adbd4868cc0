using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of trpo train --from.</summary>
public sealed class StartTests
{
    [Test]
    public void A_training_begins_with_the_policy_of_a_run_behind_its_transforms_and_resumes_without_that_run()
    {
        using var folder = new TemporaryFolder();
        var (earlier, later) = (folder.PathOf("earlier"), folder.PathOf("later"));
        var (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--steps", "8192", "--episodes", "0", "--out", earlier);
        Assert.That(exitCode, Is.Zero, output + error);
        (exitCode, output, error) = Tool.RunHere("train", "--environment", "cartpole", "--from", earlier, "--steps", "1024", "--episodes", "0", "--out", later);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("Training begins with the policy in ").And.Contain("as the policy of --from is used to"));
        Assert.That(File.ReadAllText(Path.Combine(later, "run.json")), Does.Contain("a policy of digest "));
        Assert.That(FirstReturn(later), Is.NaN.Or.GreaterThan(FirstReturn(earlier) + 20), "the return of the first iteration, in which no pole may have fallen");

        Directory.Delete(earlier, recursive: true);
        (exitCode, output, error) = Tool.RunHere("resume", later, "--steps", "2048");
        Assert.That(exitCode, Is.Zero, output + error);
    }

    [Test]
    public void A_policy_of_another_environment_and_a_file_that_is_none_are_refused()
    {
        using var folder = new TemporaryFolder();
        var earlier = folder.PathOf("earlier");
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--episodes", "0", "--out", earlier).ExitCode, Is.Zero);
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "acrobot", "--from", earlier, "--out", folder.PathOf("later"));
        Assert.That((exitCode, error.Contains("Training in Acrobot cannot begin", StringComparison.Ordinal)), Is.EqualTo((1, true)), error);
        (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--from", Path.Combine(earlier, "metrics.csv"), "--out", folder.PathOf("later"));
        Assert.That((exitCode, error.Contains("metrics.csv", StringComparison.Ordinal)), Is.EqualTo((1, true)), error);
        (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--from", earlier, "--normalize", "off", "--out", folder.PathOf("later"));
        Assert.That((exitCode, error.Contains("--normalize", StringComparison.Ordinal)), Is.EqualTo((1, true)), error);
        Assert.That(Directory.Exists(folder.PathOf("later")), Is.False);
    }

    private static double FirstReturn(string run)
    {
        var lines = File.ReadAllLines(Path.Combine(run, "metrics.csv"));
        var column = Array.FindIndex(lines[0].Split(','), name => name == "episode_return");
        return double.TryParse(lines[1].Split(',')[column], System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
    }
}

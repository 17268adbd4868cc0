using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Resuming a training with evaluations after its process was killed within an evaluation, and between two.</summary>
[Parallelizable(ParallelScope.Self)]
public sealed class EvaluationKillTests
{
    // The exit code of a process that a signal 9 ended.
    private const int Killed = 128 + 9;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    // The steps are those of a process; an evaluation has some 50 to 200. Training makes 150 between two iterations, and 300 between two evaluations.
    [TestCase("evaluations", new[] { 1, 2, 30, 61, 200, 1_000 })]
    [TestCase("training", new[] { 301, 160, 299, 451 })]
    [TestCase("best", new[] { 1, 40 })]
    [Platform(Include = "Linux", Reason = "The exit code names the signal.")]
    public void A_killed_training_has_the_policy_the_evaluations_and_the_best_return_of_an_undisturbed_one(string where, int[] steps)
    {
        var (undisturbed, killed) = (_folder.PathOf("undisturbed"), _folder.PathOf("killed"));
        Run(undisturbed, "nowhere", 0, expected: 0);
        foreach (var step in steps)
            Run(killed, where, step, Killed);
        Run(killed, "nowhere", 0, expected: 0);

        // The metadata of the policy has the steps of the best one and its mean return over other episodes.
        Assert.That(File.ReadAllBytes(Path.Combine(killed, "policy.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(undisturbed, "policy.onnx"))));
        var (then, now) = (Evaluations(undisturbed), Evaluations(killed));
        TestContext.Out.WriteLine($"{now.Length} evaluations were reported, {then.Length} without the kills");
        Assert.That(then, Has.Length.EqualTo(6));
        Assert.That(now.Distinct(), Is.EqualTo(then), "an evaluation that is made again is the same");
        Assert.That(StateOf(killed, "evaluations"), Is.EqualTo(StateOf(undisturbed, "evaluations")));
    }

    private static void Run(string folder, string where, int step, int expected)
    {
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", "evaluated", folder, where, $"{step}");
        Assert.That(exitCode, Is.EqualTo(expected), output + error);
    }

    private static string[] Evaluations(string folder) => File.ReadAllLines(Path.Combine(folder, "evaluations.txt"));

    private static byte[] StateOf(string folder, string name)
    {
        byte[] state = [];
        CheckpointFile.Read(Directory.GetFiles(Path.Combine(folder, "checkpoints"), "*.checkpoint").Order(StringComparer.Ordinal).Last())
            .Restore(name, reader => state = reader.ReadBytes((int)reader.BaseStream.Length));
        return state;
    }
}

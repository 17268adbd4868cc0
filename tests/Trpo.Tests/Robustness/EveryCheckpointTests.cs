using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests that every checkpoint of a training leads to the same policy.</summary>
public sealed class EveryCheckpointTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 480, StepsPerIteration = 60, HiddenLayers = [4], Seed = 3 };

    private static IEnumerable<TestCaseData> Trainings()
    {
        yield return Case("masked choices, normalized", () => new EasyTask(ActionSpace.Discrete(3), 17, masks: true), Small with { ActionMask = true, NormalizeObservations = true }, 1);
        yield return Case("masked multi-discrete, reused", () => new EasyTask(ActionSpace.MultiDiscrete([2, 3]), 17, masks: true), Small with { ActionMask = true, NormalizeObservations = true, ReusedIterations = 2 }, 2);
        yield return Case("multi-binary", () => new EasyTask(ActionSpace.MultiBinary(3), 100), Small with { EntropyBonus = 0.05, FinalMaxKl = 0.001 }, 2);
        yield return Case("box, one thread", () => new EasyTask(ActionSpace.Box([-1, -1], [1, 1]), 33), Small with { Threads = 1, RewardScale = 3, BootstrapTruncated = false }, 1);
        yield return Case("baseline and network of its own", () => new CartPole(), Small with { Baseline = arguments => new MeanBaseline(arguments.Random), Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) }, 1);
        yield return Case("target return", () => new EasyTask(ActionSpace.Discrete(2), 3), Small with { TargetReturn = 1.8, TotalSteps = 6_000 }, 1);
        yield return Case("no stagger, a limit", () => new TimeLimit(new Pendulum(), 29), Small with { StaggerStarts = false, ReusedIterations = 1 }, 3);
    }

    private static TestCaseData Case(string name, Func<IEnvironment> environment, TrpoOptions options, int threads) => new TestCaseData(environment, options, threads).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Trainings))]
    public void Every_checkpoint_leads_to_the_same_policy(Func<IEnvironment> environment, TrpoOptions options, int threads)
    {
        using var folder = new TemporaryFolder();
        var whole = new ResumedTraining(environment, options, threads: threads).Whole();
        var all = new CheckpointOptions { Folder = folder.PathOf("all"), Interval = TimeSpan.FromTicks(1), Kept = 1_000 };
        var kept = new ResumedTraining(environment, options with { Checkpoints = all }, threads: threads).Whole();
        Assert.That(kept.Onnx, Is.EqualTo(whole.Onnx));

        string[] files = [.. Directory.GetFiles(all.Folder, "*.checkpoint").Order(StringComparer.Ordinal)];
        for (var i = 0; i < files.Length; i += 13)
        {
            var one = Directory.CreateDirectory(folder.PathOf($"{i}")).FullName;
            File.Copy(files[i], Path.Combine(one, Path.GetFileName(files[i])));
            Assert.That(new ResumedTraining(environment, options, threads: threads).Piece(one).Onnx, Is.EqualTo(whole.Onnx), files[i]);
        }
    }

    [Test]
    public void Interrupted_training_with_a_stateful_optimizer_and_rollbacks_gives_the_same_policy()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { TotalSteps = 3_000, NormalizeObservations = true, ReusedIterations = 2, Health = new() { MaxRollbacks = 50 } };
        var whole = Training().Whole();
        Assert.That(whole.Iterations[^1].Rollbacks, Is.GreaterThan(0));
        for (var piece = 0; piece < 10; piece++)
            Training().Piece(folder.FullName, cancelAfter: 297);

        Assert.That(Training().Piece(folder.FullName).Onnx, Is.EqualTo(whole.Onnx));

        // An optimizer lives as long as its options.
        ResumedTraining Training() => new(() => new BrittleEnvironment(0.001), options with { Optimizer = new LimpingOptimizer(canBeSaved: true) }, threads: 2);
    }
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Robustness;

/// <summary>Tests of resumed trainings under unusual conditions.</summary>
public sealed class ResumeRobustnessTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 600, StepsPerIteration = 100, HiddenLayers = [4], Seed = 3 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void An_optimizer_that_cannot_be_saved_is_refused()
    {
        var options = Small with { Optimizer = new LimpingOptimizer(canBeSaved: false), Checkpoints = new() { Folder = _folder.FullName } };

        Assert.That(() => new ResumedTraining(() => new CartPole(), options, count: 1).Whole(), Throws.InvalidOperationException.With.Message.Contains(nameof(LimpingOptimizer)));
    }

    [Test]
    public void A_network_that_cannot_be_saved_is_refused()
    {
        var options = Small with { Network = arguments => new UnsavableNetwork(arguments.Inputs, arguments.Outputs, arguments.Random), Checkpoints = new() { Folder = _folder.FullName } };

        Assert.That(() => new ResumedTraining(() => new CartPole(), options, count: 1).Whole(), Throws.InvalidOperationException.With.Message.Contains(nameof(UnsavableNetwork)));
    }

    private static IEnumerable<TestCaseData> Others()
    {
        yield return Case("another time limit", () => new TimeLimit(new CartPole(), 50), () => new TimeLimit(new CartPole(), 200));
        yield return Case("other bounds of actions", () => new EasyTask(ActionSpace.Box([-1], [1]), 20), () => new EasyTask(ActionSpace.Box([-5], [5]), 20));
    }

    private static TestCaseData Case(string name, Func<IEnvironment> first, Func<IEnvironment> second) => new TestCaseData(first, second).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Others))]
    public void Another_environment_under_the_same_name_is_refused(Func<IEnvironment> first, Func<IEnvironment> second)
    {
        new ResumedTraining(first, Small, count: 1).Piece(_folder.FullName, cancelAfter: 150);

        Assert.That(() => new ResumedTraining(second, Small, count: 1).Piece(_folder.FullName), Throws.TypeOf<CheckpointException>());
    }

    [Test]
    public void Differently_fitted_transforms_are_refused_even_if_environments_cannot_be_restored()
    {
        Fit(tableSeed: 0, cancelled: true);

        Assert.That(() => Fit(tableSeed: 1, cancelled: false), Throws.TypeOf<CheckpointException>());

        void Fit(int tableSeed, bool cancelled)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new HookedEnvironment(new CartPole(), _ => { }), count: 2, seed: tableSeed);
            var options = Small with { Checkpoints = new() { Folder = _folder.FullName, Resume = true }, Cancellation = new CancellationToken(cancelled) };
            ml.Transforms.NormalizeMeanVariance("Observation").Append(ml.ReinforcementLearning.Trainers.Trpo(view, options)).Fit(view).Dispose();
        }
    }

    [Test]
    public void Training_with_infinite_returns_can_be_resumed()
    {
        // The rewards are finite, but their sum is not.
        var options = Small with { RewardScale = 1e-308 };
        var training = new ResumedTraining(() => new EasyTask(ActionSpace.Discrete(2), 20, reward: 1e308), options, count: 1);
        training.Piece(_folder.FullName, cancelAfter: 150);

        Assert.That(() => training.Piece(_folder.FullName), Throws.Nothing);
    }

    [Test]
    public void An_integer_buffer_is_restored_bit_for_bit()
    {
        const long Odd = (1L << 53) + 1;
        using var then = new Whole(Odd);
        using var now = new Whole(0);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        ModuleState.Save(then, writer);
        writer.Flush();
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        ModuleState.Restore(now, reader);

        Assert.That(now.Value, Is.EqualTo(Odd));
    }

    [Test]
    public void A_failure_to_save_an_environment_does_not_cost_the_policy()
    {
        // The first checkpoint works, and the last one fails at the end of training.
        var saves = 0;
        var training = new ResumedTraining(() => new SometimesUnsavable(() => ++saves > 1), Small with { Checkpoints = new() { Folder = _folder.FullName } }, count: 1);

        Assert.That(() => training.Whole(), Throws.Nothing);
        Assert.That(training.Warnings, Has.Some.Contains("does not answer"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_training_of_one_update_fits_into_memory_with_and_without_checkpoints(bool resume)
    {
        var options = Small with { StepsPerIteration = 10_000_000, ReusedIterations = 3, Checkpoints = new() { Folder = _folder.FullName, Resume = resume } };

        Assert.That(() => new ResumedTraining(() => new EasyTask(ActionSpace.MultiBinary(60), 20), options, count: 1).Whole(), Throws.Nothing);
    }

    [Test]
    public void A_folder_without_a_name_is_refused() =>
        Assert.That(() => new CheckpointOptions { Folder = "  " }.Validate(), Throws.ArgumentException);

    private sealed class Whole : nn.Module
    {
        public Whole(long value)
            : base(nameof(Whole)) => register_buffer("value", tensor(new[] { value }));

        public long Value => get_buffer("value")!.data<long>()[0];
    }
}

using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>The refusal to resume another run, or one that cannot be saved.</summary>
public sealed class ResumeRefusalTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 400, StepsPerIteration = 100, HiddenLayers = [4], Seed = 3 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Others()
    {
        yield return Case("environment", new(() => new Pendulum(), Small), "environment is CartPole", "Pendulum");
        yield return Case("number of environments", new(() => new CartPole(), Small, count: 4), "number of environments is 3", "4");
        yield return Case("network", new(() => new CartPole(), Small with { HiddenLayers = [4, 4] }), "policy is", "layer2.weight [2, 4]");
        yield return Case("kind of network", new(() => new CartPole(), Small with { Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) }), "policy is", "BufferedNetwork");
        yield return Case("transforms", new(() => new CartPole(), Small, normalize: true), "transforms", "RowToRowMapperTransform");
        yield return Case("an option", new(() => new CartPole(), Small with { Discount = 0.9 }), "option discount is 0.99", "0.9");
        yield return Case("a part's option", new(() => new CartPole(), Small with { TrustRegion = new() { MaxKl = 0.02 } }), "option trustRegion.maxKl is 0.01", "0.02");
        yield return Case("the seed", new(() => new CartPole(), Small with { Seed = 4 }), "option seed is 3", "4");
        yield return Case("the optimizer", new(() => new CartPole(), Small with { Optimizer = new ContraryOptimizer(new()) }), "optimizer is trust region", "ContraryOptimizer");
    }

    private static TestCaseData Case(string name, ResumedTraining other, string then, string now) => new TestCaseData((Func<string, Action>)(folder => () => other.Piece(folder)), then, now).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Others))]
    public void Resuming_a_different_run_names_the_difference(Func<string, Action> other, string then, string now)
    {
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter: 100);
        var files = Files();

        Assert.That(() => other(_folder.FullName)(), Throws.TypeOf<CheckpointException>().With.Message.Contains(then).And.Message.Contains(now).And.Message.Contains(_folder.FullName));
        Assert.That(Files(), Is.EqualTo(files), "nothing was replaced");
    }

    [Test]
    public void Settings_that_change_no_result_may_differ()
    {
        var whole = new ResumedTraining(() => new CartPole(), Small).Whole();
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter: 100);
        var changed = Small with { Threads = 1, Health = new() { EntropyCollapse = 0, MaxRejectedUpdates = null }, Columns = new PolicyColumns(Score: "Probabilities") };

        Assert.That(new ResumedTraining(() => new CartPole(), changed, threads: 2).Piece(_folder.FullName).Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void A_normalizer_that_was_fitted_on_other_data_is_detected()
    {
        // The transforms are of equal kinds, with other numbers.
        Fit(tableSeed: 0, cancelled: true);

        Assert.That(() => Fit(tableSeed: 1, cancelled: false), Throws.TypeOf<CheckpointException>().With.Message.Contains("transforms").And.Message.Contains("slot 0"));
        Assert.That(() => Fit(tableSeed: 0, cancelled: false), Throws.Nothing);

        void Fit(int tableSeed, bool cancelled)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, seed: tableSeed);
            var options = Small with { Checkpoints = new() { Folder = _folder.FullName, Resume = true }, Cancellation = new CancellationToken(cancelled) };
            ml.Transforms.NormalizeMeanVariance("Observation").Append(ml.ReinforcementLearning.Trainers.Trpo(view, options)).Fit(view).Dispose();
        }
    }

    [Test]
    public void A_baseline_that_cannot_be_saved_is_refused_before_training()
    {
        var options = Small with { Baseline = _ => new ZeroValues(), Checkpoints = new() { Folder = _folder.FullName } };

        Assert.That(() => new ResumedTraining(() => new CartPole(), options).Whole(), Throws.InvalidOperationException.With.Message.Contains("ZeroValues").And.Message.Contains("ICheckpointable"));
        Assert.That(Files(), Is.Empty);
    }

    [Test]
    public void A_folder_that_cannot_be_written_to_is_refused_before_training()
    {
        var file = _folder.PathOf("file");
        File.WriteAllText(file, "no folder");

        Assert.That(() => new ResumedTraining(() => new CartPole(), Small).Piece(file), Throws.InstanceOf<IOException>());
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.FullName, "*.checkpoint").Order(StringComparer.Ordinal)];
}

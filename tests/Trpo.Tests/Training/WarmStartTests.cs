using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Networks;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Tests of trainings that begin with a trained policy.</summary>
public sealed class WarmStartTests
{
    private const double EarlierLoss = 0.05;
    private const double LaterLoss = 0.09;

    // More by hand: TRPO_WARM_SEEDS=5 dotnet test ...
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("TRPO_WARM_SEEDS") ?? "1", CultureInfo.InvariantCulture);

    private static readonly TrpoOptions Short = new() { TotalSteps = 1_024, StepsPerIteration = 256, FinalStepsPerIteration = 256, HiddenLayers = [16], NormalizeObservations = true, Seed = 1 };

    [Test]
    public void After_a_change_of_the_heat_loss_a_training_from_the_policy_before_improves_it()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var options = new TrpoOptions { TotalSteps = 60_000, HiddenLayers = [32, 32], NormalizeObservations = true, Discount = 0.95, Seed = seed };
            using var before = Train(EarlierLoss, options);
            using var unchanged = before.With();
            using var warm = Train(LaterLoss, InitialPolicy.FromModel(before).Adapt(options with { TotalSteps = 5_000 }));
            var (stale, continued) = (Return(unchanged), Return(warm));
            TestContext.Out.WriteLine(FormattableString.Invariant($"seed {seed}: {stale:F1} without training, {continued:F1} after 5,000 steps from it"));

            Assert.That(continued, Is.GreaterThan(stale));
        }

        static double Return(ITransformer policy) => new MLContext(1).ReinforcementLearning.Evaluate(policy, View(LaterLoss), 50).MeanReturn;
    }

    [TestCase(false, true)]
    [TestCase(true, false)]
    public void The_first_policy_of_a_training_is_the_initial_one(bool isDiscrete, bool rescales)
    {
        ActionSpace space = isDiscrete ? ActionSpace.Discrete(5) : ActionSpace.Box([0], [1], "power");
        var options = Short with { RescaleActions = rescales };
        using var before = Train(EarlierLoss, options, space);
        var ml = new MLContext(1);
        var view = View(LaterLoss, space);
        using var start = ml.ReinforcementLearning.Trainers.Trpo(view, InitialPolicy.FromModel(before).Adapt(options)).CreateUntrained(view.Schema);

        Assert.That(Constants(start), Is.EqualTo(Constants(before)));
        Assert.That(start.Metadata.Provenance["initial_policy"], Is.EqualTo(InitialPolicy.FromModel(before).Digest));
    }

    [Test]
    public void A_checkpoint_gives_the_value_function_too_and_a_policy_in_a_file_is_that_in_memory()
    {
        using var folder = new TemporaryFolder();
        using var before = Train(EarlierLoss, Short with { TotalSteps = 4_096, Checkpoints = new CheckpointOptions { Folder = folder.PathOf("checkpoints") } });
        var ml = new MLContext(1);
        PolicyModel.Save(ml, before, View(EarlierLoss).Schema, folder.PathOf("model.zip"));
        before.SaveOnnx(folder.PathOf("policy.onnx"));
        var (fromModel, fromCheckpoint) = (First(InitialPolicy.FromModel(before)), First(InitialPolicy.Load(folder.PathOf("checkpoints"))));

        Assert.That(InitialPolicy.Load(folder.PathOf("model.zip")).Digest, Is.EqualTo(InitialPolicy.FromModel(before).Digest));
        Assert.That(InitialPolicy.Load(folder.PathOf("policy.onnx")).Digest, Is.EqualTo(InitialPolicy.FromModel(before).Digest));
        Assert.That(fromCheckpoint.MeanReturn, Is.EqualTo(fromModel.MeanReturn).Within(1e-3 * Math.Abs(fromModel.MeanReturn)), "the same policy plays the first rollout");
        Assert.That(fromModel.ExplainedVariance, Is.LessThan(0.1), "an unfitted value function explains nothing");
        Assert.That(fromCheckpoint.ExplainedVariance, Is.GreaterThan(0.2));

        static TrpoIteration First(InitialPolicy initial)
        {
            var listener = new Listener();
            Train(EarlierLoss, initial.Adapt(Short) with { Progress = listener, HiddenLayers = [16], NormalizeObservations = true }).Dispose();
            return listener.Iterations[0];
        }
    }

    [Test]
    public void A_training_that_is_resumed_continues_from_its_checkpoint_and_only_with_the_same_initial_policy()
    {
        using var folder = new TemporaryFolder();
        using var before = Train(EarlierLoss, Short);
        var options = InitialPolicy.FromModel(before).Adapt(Short);
        var training = new ResumedTraining(() => new HeatedRoom(LaterLoss), options);
        var whole = training.Whole();
        training.Piece(folder.FullName, cancelAfter: 700);
        var resumed = training.Piece(folder.FullName);

        Assert.That(resumed.Onnx, Is.EqualTo(whole.Onnx));
        var other = new ResumedTraining(() => new HeatedRoom(LaterLoss), options with { InitialPolicy = null });
        Assert.That(() => other.Piece(folder.FullName), Throws.InstanceOf<CheckpointException>().With.Message.Contains("began with an initial policy"));
    }

    [Test]
    public void Shards_begin_with_the_initial_policy_too()
    {
        using var before = Train(EarlierLoss, Short);
        var options = InitialPolicy.FromModel(before).Adapt(Short) with { Shards = 2 };
        using var one = Train(LaterLoss, options with { Threads = 1 });
        using var two = Train(LaterLoss, options with { Threads = 2 });

        Assert.That(one.Onnx.ToArray(), Is.EqualTo(two.Onnx.ToArray()));
        Assert.That(Constants(one)["layer0_weight"].Zip(Constants(before)["layer0_weight"], (left, right) => Math.Abs(left - right)).Max(), Is.LessThan(0.3), "a few steps away from the initial weights");
    }

    [Test]
    public void Another_space_or_part_is_refused_by_name()
    {
        using var before = Train(EarlierLoss, Short, ActionSpace.Discrete("off", "low", "high"));
        var initial = InitialPolicy.FromModel(before);

        Refused(initial.Adapt(Short), ActionSpace.Discrete("off", "low", "high", "fan"), "does not know 'fan'");
        Refused(initial.Adapt(Short), ActionSpace.Discrete("off", "low"), "does not have 'high'");
        Refused(initial.Adapt(Short), ActionSpace.Box([0], [1], "power"), "but those of environment 'heated room' are Box");
        Refused(initial.Adapt(Short) with { HiddenLayers = [8, 8] }, before.Metadata.Actions, "[16], but HiddenLayers is [8, 8]");
        Refused(initial.Adapt(Short) with { NormalizeObservations = false }, before.Metadata.Actions, "NormalizeObservations is False");
        Refused(initial.Adapt(Short) with { HiddenActivation = Activation.Relu }, before.Metadata.Actions, "is Tanh, but HiddenActivation is Relu");
        Assert.That(() => InitialPolicy.Load(Path.Combine(TestContext.CurrentContext.TestDirectory, "Trpo.Tests.dll")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("Trpo.Tests.dll"));
    }

    private static void Refused(TrpoOptions options, ActionSpace space, string message)
    {
        var view = View(LaterLoss, space);
        Assert.That(() => new MLContext(1).ReinforcementLearning.Trainers.Trpo(view, options).Fit(view), Throws.ArgumentException.With.Message.Contains(message));
    }

    private static IReadOnlyDictionary<string, float[]> Constants(PolicyTransformer policy) => GraphContent.FromOnnx(policy.Onnx.ToArray()).Constants;

    private static PolicyTransformer Train(double loss, TrpoOptions options, ActionSpace? space = null)
    {
        var view = View(loss, space);
        return new MLContext(1).ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
    }

    private static EnvironmentDataView View(double loss, ActionSpace? space = null) =>
        new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => space is null ? new HeatedRoom(loss) : new HeatedRoom(loss) { ActionSpace = space }, count: 4);
}

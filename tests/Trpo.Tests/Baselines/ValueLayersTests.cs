using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Baselines;

/// <summary>Value functions with hidden layers that are not those of the policy.</summary>
public sealed class ValueLayersTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 900, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3 };

    [TestCase(new int[0])]
    [TestCase(new[] { 32 })]
    [TestCase(new[] { 20, 1, 20 })]
    [TestCase(new[] { 4_096 })]
    public void A_value_function_of_other_layers_trains_and_resumes_with_the_same_bytes(int[] layers)
    {
        using var folder = new TemporaryFolder();
        var training = new ResumedTraining(() => new CartPole(), Small with { ValueFunction = Small.ValueFunction with { HiddenLayers = layers } });
        var whole = training.Whole();
        training.Piece(folder.FullName, cancelAfter: 400);

        Assert.That(training.Piece(folder.FullName).Onnx, Is.EqualTo(whole.Onnx));
        Assert.That(whole.Onnx, Is.Not.EqualTo(new ResumedTraining(() => new CartPole(), Small).Whole().Onnx), "its values differ from those of the policy's layers");
        Assert.That(whole.Iterations.Select(iteration => iteration.ExplainedVariance).Skip(1), Is.All.LessThanOrEqualTo(1).And.None.NaN);
    }

    [Test]
    public void Without_layers_of_its_own_it_has_those_of_the_policy()
    {
        var whole = new ResumedTraining(() => new CartPole(), Small).Whole().Onnx;

        Assert.That(Onnx(new() { HiddenLayers = [8], HiddenActivation = Activation.Tanh }), Is.EqualTo(whole));
        Assert.That(Onnx(new() { HiddenActivation = Activation.Relu }), Is.Not.EqualTo(whole));

        static byte[] Onnx(ValueFunctionOptions value) => new ResumedTraining(() => new CartPole(), Small with { ValueFunction = value }).Whole().Onnx;
    }

    [TestCase(null, 103)]
    [TestCase(new int[0], 4)]
    [TestCase(new[] { 5, 6 }, 63)]
    public void The_network_has_the_parameters_of_its_layers(int[]? layers, int parameters)
    {
        using var network = new ValueNetwork(3, [16, 1, 7], Activation.Tanh, new() { HiddenLayers = layers }, new RandomSource(1));
        using var linear = new ValueNetwork(3, [], Activation.Tanh, new(), new RandomSource(1));

        Assert.That(Bytes(network) - Bytes(linear), Is.EqualTo((parameters - 4) * sizeof(double)));

        static long Bytes(ValueNetwork network)
        {
            using var state = new MemoryStream();
            using var writer = new BinaryWriter(state);
            network.SaveState(writer);
            return state.Length;
        }
    }

    [Test]
    public void Resuming_with_other_layers_or_another_activation_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        new ResumedTraining(() => new CartPole(), Small with { ValueFunction = new() { HiddenLayers = [5] } }).Piece(folder.FullName, cancelAfter: 100);

        Refused(new() { HiddenLayers = [5, 5] }, "its option valueFunction.hiddenLayers is [5], but that of this run is [5,5]");
        Refused(new(), "its option valueFunction.hiddenLayers is [5], but that of this run is null");
        Refused(new() { HiddenLayers = [5], HiddenActivation = Activation.Relu }, "its option valueFunction.hiddenActivation is null, but that of this run is \"Relu\"");

        void Refused(ValueFunctionOptions value, string message) =>
            Assert.That(() => new ResumedTraining(() => new CartPole(), Small with { ValueFunction = value }).Piece(folder.FullName), Throws.TypeOf<CheckpointException>().With.Message.Contains(message));
    }

    [Test]
    public void Widths_and_activations_out_of_range_are_refused_by_name()
    {
        Refused(new() { HiddenLayers = [64, 0] }, "ValueFunction.HiddenLayers must be from 1 to 4096");
        Refused(new() { HiddenLayers = [4_097] }, "ValueFunction.HiddenLayers must be from 1 to 4096");
        Refused(new() { HiddenActivation = (Activation)9 }, "ValueFunction.HiddenActivation must be one of Tanh, ");

        static void Refused(ValueFunctionOptions value, string message) =>
            Assert.That(() => (Small with { ValueFunction = value }).Validate(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(message));
    }

    [Test]
    public void Layers_that_would_not_fit_into_memory_are_refused_and_named()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        var options = Small with { ValueFunction = new() { HiddenLayers = [.. Enumerable.Repeat(4_096, 500)] } };

        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view),
            Throws.InvalidOperationException.With.Message.Contains("needs").And.Message.EndsWith("Lower the widths or the number of HiddenLayers and ValueFunction.HiddenLayers."));
    }

    [Test]
    public void Training_changes_nothing_when_the_list_of_the_caller_changes()
    {
        var layers = new List<int> { 8 };
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 3, rows: 100);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(view, Small with { ValueFunction = new() { HiddenLayers = layers } });
        layers[0] = 0;
        using var policy = trainer.Fit(view);

        Assert.That(policy.Onnx.ToArray(), Is.EqualTo(new ResumedTraining(() => new CartPole(), Small).Whole().Onnx));
    }
}

using System.Runtime.InteropServices;
using TorchSharp;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Networks;

/// <summary>
/// The names of devices, and networks on a device that is not the processor: libtorch's <c>meta</c>, whose tensors have a shape and no data, so that every computation runs until it
/// copies its results out. An operation on tensors of two devices fails earlier, with another message.
/// </summary>
public sealed class DeviceTests
{
    private const string NoData = "Cannot copy out of meta tensor";

    private static readonly TorchDevice Meta = new(DeviceType.META, 0);

    [TestCase("cpu", "cpu")]
    [TestCase("cuda", "cuda:0")]
    [TestCase("cuda:0", "cuda:0")]
    [TestCase("cuda:12", "cuda:12")]
    public void Names_of_devices_are_read(string name, string device) => Assert.That($"{TorchDevice.Parse(name, "Device")}", Is.EqualTo(device));

    [TestCase("")]
    [TestCase("CPU")]
    [TestCase("gpu")]
    [TestCase("cpu:0")]
    [TestCase("cuda:")]
    [TestCase("cuda:-1")]
    [TestCase("cuda: 1")]
    [TestCase("cuda:99999999999")]
    [TestCase("cudaX:1")]
    [TestCase("meta")]
    public void Other_names_are_refused_with_those_that_exist(string name) =>
        Assert.That(() => TorchDevice.Parse(name, "Device"), Throws.ArgumentException.With.Message.StartsWith($"Device is '{name}', but must be \"cpu\", \"cuda\"").And.Property("ParamName").EqualTo("Device"));

    [Test]
    public void A_graphics_card_that_libtorch_does_not_have_is_refused_with_what_to_do()
    {
        var second = TorchDevice.Parse("cuda:1", "Device");

        Assert.That(second.RefusalFor(0), Does.Contain("'cuda:1'").And.Contains("TorchSharp-cuda-").And.Contains("\"cpu\""));
        Assert.That(second.RefusalFor(1), Does.Contain("'cuda:1'").And.Contains("1 graphics card, up to 'cuda:0'"));
        Assert.That(second.RefusalFor(2), Is.Null);
        Assert.That(default(TorchDevice).RefusalFor(0), Is.Null);
        Assert.That(default(TorchDevice).Require, Throws.Nothing);
    }

    [Test]
    public void Parameters_and_buffers_move_to_the_device_and_stay_the_same_objects_where_they_are()
    {
        using var perceptron = TestNetworks.Perceptron([3, 5, 2]);
        var before = perceptron.Layers[0].Weight;
        default(TorchDevice).Take(perceptron);
        Assert.That(perceptron.Layers[0].Weight, Is.SameAs(before));

        Meta.Take(perceptron);
        Assert.That(perceptron.parameters().Concat(perceptron.Layers.Select(layer => layer.Bias)).Select(tensor => tensor.device_type), Is.All.EqualTo(DeviceType.META));
        using var buffered = new BufferedNetwork(3, 2, new RandomSource(1));
        Meta.Take(buffered);
        Assert.That(buffered.buffers().Select(tensor => tensor.device_type), Is.All.EqualTo(DeviceType.META));
    }

    [Test]
    public void Batches_and_products_of_a_custom_module_follow_its_parameters()
    {
        var module = new Recording();
        Meta.Take(module);
        using var network = new TorchNetwork(module, 2);
        var (tangents, gradient) = (new double[8], new double[network.Parameters.Length]);

        AssertComputedWithoutData(() => network.Evaluate(new float[12], tangents));
        AssertComputedWithoutData(() => network.Linearize(new float[12], tangents));
        AssertComputedWithoutData(() => network.Product(gradient, tangents));
        AssertComputedWithoutData(() => network.TransposeProduct(tangents, gradient));
        Assert.That(module.Devices, Is.EqualTo(new[] { DeviceType.META, DeviceType.META }));
        Assert.That(() => network.Assign(new double[gradient.Length]), Throws.Nothing);
    }

    [Test]
    public void Batches_and_products_of_a_perceptron_follow_its_parameters([Values] Activation activation)
    {
        var choice = new EngineChoice(TrainingEngine.Automatic, Meta);
        using var network = DifferentiableNetwork.For(TestNetworks.Perceptron([3, 5, 4, 2], activation), 2, choice);
        var (tangents, gradient) = (new double[8], new double[network.Parameters.Length]);

        Assert.That(network, Is.TypeOf<TorchPerceptron>(), "managed code computes on the processor only");
        AssertComputedWithoutData(() => network.Linearize(new float[12], tangents));
        AssertComputedWithoutData(() => network.Product(gradient, tangents));
        AssertComputedWithoutData(() => network.TransposeProduct(tangents, gradient));
    }

    [Test]
    public void Parameters_on_two_devices_are_refused_by_name()
    {
        using var here = new TorchSharp.Modules.Parameter(zeros(2), true);
        using var there = new TorchSharp.Modules.Parameter(zeros(2, device: new Device(DeviceType.META)), true);

        Assert.That(() => new FlatParameters([("here", here), ("there", there)]), Throws.ArgumentException.With.Message.Contains("'there' is on meta, but 'here' is on cpu"));
    }

    [Test]
    public void Managed_code_is_refused_where_the_processor_has_no_vectors_for_it()
    {
        Assert.That(() => new EngineChoice(TrainingEngine.Managed, default).CheckVectors(0), Throws.InvalidOperationException.With.Message.StartsWith("Engine is Managed, but this processor has no vectors"));
        Assert.That(() => new EngineChoice(TrainingEngine.Automatic, default).CheckVectors(0), Throws.Nothing);
    }

    private static void AssertComputedWithoutData(Action computation) => Assert.That(computation, Throws.InstanceOf<ExternalException>().With.Message.Contains(NoData));

    private sealed class Recording : ExportableModule
    {
        private readonly Perceptron _inner = TestNetworks.Perceptron([3, 5, 2]);

        public Recording()
            : base(nameof(Recording)) => register_module("inner", _inner);

        public List<DeviceType> Devices { get; } = [];

        public override Tensor forward(Tensor input)
        {
            Devices.Add(input.device_type);
            return _inner.forward(input);
        }

        public override string Export(OnnxGraphBuilder graph, string input) => _inner.Export(graph, input);
    }
}

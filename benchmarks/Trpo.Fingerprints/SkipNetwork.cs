using TorchSharp.Modules;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Fingerprints;

/// <summary>A network that libtorch differentiates: <c>y = W2 tanh(W1 x) + W3 x</c>.</summary>
internal sealed class SkipNetwork : ExportableModule
{
    private const int Width = 32;

    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly Linear _skip;

    public SkipNetwork(int inputs, int outputs, RandomSource random)
        : base(nameof(SkipNetwork))
    {
        _hidden = CreateLayer(inputs, Width, gain: 1, random);
        _output = CreateLayer(Width, outputs, gain: 0.01, random);
        _skip = CreateLayer(inputs, outputs, gain: 0.01, random);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => _output.forward(_hidden.forward(input).tanh()) + _skip.forward(input);

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        var hidden = graph.Node("Tanh", "hidden", [Export(graph, "hidden_sum", _hidden, input)]);
        return graph.Node("Add", "sum", [Export(graph, "output", _output, hidden), Export(graph, "skip", _skip, input)]);
    }

    private static string Export(OnnxGraphBuilder graph, string name, Linear layer, string input) =>
        graph.Node("Gemm", name, [input, Constant(graph, $"{name}_weight", layer.weight), Constant(graph, $"{name}_bias", layer.bias!)], ("transB", 1));

    private static string Constant(OnnxGraphBuilder graph, string name, Tensor value) =>
        graph.Constant(name, value.data<float>().ToArray(), [.. value.shape.Select(length => (int)length)]);

    // TorchSharp draws initial weights from libtorch's global generator, which the seed does not set.
    private static Linear CreateLayer(int inputs, int outputs, double gain, RandomSource random)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var layer = nn.Linear(inputs, outputs);
        float[] weights = [.. Enumerable.Range(0, outputs * inputs).Select(_ => (float)(gain / Math.Sqrt(inputs) * random.NextGaussian()))];
        layer.weight.copy_(tensor(weights).view(outputs, inputs));
        layer.bias!.zero_();
        return layer;
    }
}

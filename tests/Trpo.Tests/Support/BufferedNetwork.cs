using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>A linear function of the input times a buffer, which is not a parameter but changes the output.</summary>
internal sealed class BufferedNetwork : ExportableModule
{
    private readonly Perceptron _linear;

    public BufferedNetwork(int inputs, int outputs, RandomSource random)
        : base(nameof(BufferedNetwork))
    {
        _linear = new Perceptron(inputs, [], outputs, Activation.Tanh, 0.1, random);
        register_buffer("scale", tensor(TestNetworks.Singles(random, inputs)));
        register_module("linear", _linear);
    }

    public override Tensor forward(Tensor input) => _linear.forward(input * get_buffer("scale")!);

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        var scale = graph.Constant("scale", get_buffer("scale")!.data<float>().ToArray(), (int)get_buffer("scale")!.numel());
        return _linear.Export(graph, graph.Node("Mul", "scaled_input", [input, scale]));
    }
}

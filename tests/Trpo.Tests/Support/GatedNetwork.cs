using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>A linear function of those inputs that are above 1, exported with an operator that is not admitted.</summary>
internal sealed class GatedNetwork : ExportableModule
{
    private readonly Perceptron _linear;

    public GatedNetwork(int inputs, int outputs, RandomSource random)
        : base(nameof(GatedNetwork))
    {
        _linear = new Perceptron(inputs, [], outputs, Activation.Tanh, 0.1, random);
        register_module("linear", _linear);
    }

    public override Tensor forward(Tensor input) => _linear.forward(input * (input > 1).to_type(ScalarType.Float32));

    public override string Export(OnnxGraphBuilder graph, string input) => _linear.Export(graph, graph.Node("ThresholdedRelu", "gated_input", [input]));
}

using TorchSharp;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;

namespace Trpo.Tests.Probing;

/// <summary>A perceptron behind a shift, a scale and bounds of its inputs: a normalization once more, or, with a scale of 0, none of the observation.</summary>
internal sealed class NetworkFault : ExportableModule
{
    private const float Bound = 10;

    private readonly Perceptron _perceptron;
    private readonly int _inputs;
    private readonly float _shift;
    private readonly float _scale;

    public NetworkFault(NetworkArguments arguments, float shift, float scale)
        : base(nameof(NetworkFault))
    {
        _perceptron = new Perceptron(arguments.Inputs, [32, 32], arguments.Outputs, Activation.Tanh, 0.01, arguments.Random);
        (_inputs, _shift, _scale) = (arguments.Inputs, shift, scale);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor input) => _perceptron.forward(((input - _shift) * _scale).clamp(-Bound, Bound));

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        graph.Node("Sub", "fault_centered", [input, graph.Constant("fault_shift", [.. Enumerable.Repeat(_shift, _inputs)], _inputs)]);
        graph.Node("Mul", "fault_scaled", ["fault_centered", graph.Constant("fault_scale", [.. Enumerable.Repeat(_scale, _inputs)], _inputs)]);
        graph.Node("Max", "fault_above", ["fault_scaled", graph.Constant("fault_low", [-Bound], 1)]);
        return _perceptron.Export(graph, graph.Node("Min", "fault_between", ["fault_above", graph.Constant("fault_high", [Bound], 1)]));
    }
}

using TorchSharp.Modules;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.LongRuns;

/// <summary>A perceptron of one tanh layer and a linear one, as a network of its own, which libtorch differentiates.</summary>
internal sealed class PlainNetwork : ExportableModule
{
    private readonly Parameter _hidden;
    private readonly Parameter _output;

    public PlainNetwork(int inputs, int outputs, RandomSource random, int width = 256)
        : base(nameof(PlainNetwork))
    {
        _hidden = new Parameter(Values(random, 0.3, width, inputs));
        _output = new Parameter(Values(random, 0.03, outputs, width));
        register_parameter("hidden", _hidden);
        register_parameter("output", _output);
    }

    public override Tensor forward(Tensor input) => input.matmul(_hidden.t()).tanh().matmul(_output.t());

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        var hidden = graph.Node("Tanh", "hidden_activation", [graph.Node("MatMul", "hidden_value", [input, Transposed(graph, "hidden", _hidden)])]);
        return graph.Node("MatMul", "output_value", [hidden, Transposed(graph, "output", _output)]);
    }

    private static string Transposed(OnnxGraphBuilder graph, string name, Tensor weight)
    {
        using var transposed = weight.detach().t().contiguous();
        return graph.Constant(name, transposed.data<float>().ToArray(), (int)transposed.shape[0], (int)transposed.shape[1]);
    }

    private static Tensor Values(RandomSource random, double scale, int rows, int columns) =>
        tensor([.. Enumerable.Range(0, rows * columns).Select(_ => (float)(scale * random.NextGaussian()))], rows, columns);
}

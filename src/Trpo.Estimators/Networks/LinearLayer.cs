using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Randomness;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// <c>y = W x + b</c>, <c>[N, inputs] -> [N, outputs]</c>. Unlike TorchSharp's, whose weights come from libtorch's global generator, it starts with
/// an orthogonal <c>W</c> (Saxe, McClelland and Ganguli 2014) from a generator that it is given, and <c>b = 0</c>.
/// </summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006, IDE0044, CA1051 // TorchSharp registers fields by their names, and replaces them when a module changes its type.
    private Parameter weight;
    private Parameter bias;
#pragma warning restore IDE1006, IDE0044, CA1051

    public LinearLayer(int inputs, int outputs, double gain, RandomSource random)
        : base(nameof(LinearLayer))
    {
        weight = new Parameter(TensorCopy.From(OrthogonalMatrix.Create(outputs, inputs, gain, random), outputs, inputs), requires_grad: true);
        bias = new Parameter(zeros(outputs, dtype: ScalarType.Float32, device: CPU), requires_grad: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    public Tensor Weight => weight;

    public Tensor Bias => bias;

    /// <summary>Adds the layer to a graph and returns the name of its output, which is the name of the layer.</summary>
    public string Export(OnnxGraphBuilder graph, string name, string input)
    {
        var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        var weights = graph.Constant($"{name}_weight", TensorCopy.ToArray(weight), outputs, inputs);
        var biases = graph.Constant($"{name}_bias", TensorCopy.ToArray(bias), outputs);
        return graph.Node("Gemm", name, [input, weights, biases], ("transB", 1));
    }
}

using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A linear layer, <c>y = W x + b</c>, <c>[N, inputs] -> [N, outputs]</c>. The initial <c>W</c> is orthogonal (Saxe, McClelland and Ganguli 2014) and drawn from a
/// given generator, unlike that of TorchSharp's layer, which draws from libtorch's global one, or 0 without a generator; <c>b</c> is 0.
/// </summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006, IDE0044, CA1051 // TorchSharp registers fields by name, and replaces them when the type of the module changes.
    private Parameter weight;
    private Parameter bias;
#pragma warning restore IDE1006, IDE0044, CA1051

    public LinearLayer(int inputs, int outputs, double gain, RandomSource? random)
        : base(nameof(LinearLayer))
    {
        weight = new Parameter(random is null ? zeros(outputs, inputs, dtype: ScalarType.Float32, device: CPU) : TensorCopy.From(OrthogonalMatrix.Create(outputs, inputs, gain, random), outputs, inputs), requires_grad: true);
        bias = new Parameter(zeros(outputs, dtype: ScalarType.Float32, device: CPU), requires_grad: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    /// <summary>Gets <c>W</c>, <c>[outputs, inputs]</c>.</summary>
    public Tensor Weight => weight;

    /// <summary>Gets <c>b</c>, <c>[outputs]</c>.</summary>
    public Tensor Bias => bias;

    /// <summary>Adds the layer to a graph.</summary>
    /// <returns>The name of the output, which is <paramref name="name"/>.</returns>
    public string Export(OnnxGraphBuilder graph, string name, string input)
    {
        var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
        var weights = graph.Constant($"{name}_weight", TensorCopy.ToArray(weight), outputs, inputs);
        var biases = graph.Constant($"{name}_bias", TensorCopy.ToArray(bias), outputs);
        return graph.Node("Gemm", name, [input, weights, biases], ("transB", 1));
    }
}

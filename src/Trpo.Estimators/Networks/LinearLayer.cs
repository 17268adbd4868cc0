using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A linear layer, <c>y = W x + b</c>, <c>[N, inputs] -> [N, outputs]</c>, whose initial parameters are given, unlike those of TorchSharp's layer, which draws them from
/// libtorch's global generator.
/// </summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006, IDE0044, CA1051 // TorchSharp registers fields by name, and replaces them when the type of the module changes.
    private Parameter weight;
    private Parameter bias;
#pragma warning restore IDE1006, IDE0044, CA1051

    public LinearLayer(int inputs, int outputs, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases)
        : base(nameof(LinearLayer))
    {
        weight = new Parameter(TensorCopy.From(weights, outputs, inputs), requires_grad: true);
        bias = new Parameter(TensorCopy.From(biases, 1, outputs).view(outputs), requires_grad: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    /// <summary>Gets <c>W</c>, <c>[outputs, inputs]</c>.</summary>
    public Tensor Weight => weight;

    /// <summary>Gets <c>b</c>, <c>[outputs]</c>.</summary>
    public Tensor Bias => bias;
}

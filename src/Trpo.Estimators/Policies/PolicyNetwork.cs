using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Policies;

/// <summary>
/// Observations to the parameters of a distribution, <c>[N, d] -> [N, P]</c>: what a perceptron computes, and behind it the free
/// parameters, the same in every row.
/// </summary>
internal sealed class PolicyNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Perceptron _perceptron;
    private readonly Parameter? _free;

    public PolicyNetwork(Perceptron perceptron, IReadOnlyList<float> freeParameters)
        : base(nameof(PolicyNetwork))
    {
        _perceptron = perceptron;
        register_module("perceptron", perceptron);
        if (freeParameters.Count == 0)
            return;
        _free = new Parameter(TensorCopy.From([.. freeParameters], 1, freeParameters.Count), requires_grad: true);
        register_parameter("free_parameters", _free);
    }

    public override Tensor forward(Tensor input)
    {
        var computed = _perceptron.forward(input);
        return _free is null ? computed : cat([computed, _free.expand(input.shape[0], -1)], dim: 1);
    }

    /// <summary>The values of the free parameters.</summary>
    public float[] FreeParameters()
    {
        var values = new float[_free?.numel() ?? 0];
        if (_free is not null)
            TensorCopy.Copy(_free, values);
        return values;
    }

    /// <summary>Adds the perceptron to a graph and returns the name of its output.</summary>
    public string Export(OnnxGraphBuilder graph, string input) => _perceptron.Export(graph, input);
}

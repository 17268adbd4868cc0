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
#pragma warning disable IDE1006, IDE0044, CA1051 // TorchSharp registers fields by their names, and replaces them when a module changes its type.
    private Perceptron perceptron;
    private Parameter? state_independent;
#pragma warning restore IDE1006, IDE0044, CA1051

    public PolicyNetwork(Perceptron perceptron, IReadOnlyList<float> stateIndependent)
        : base(nameof(PolicyNetwork))
    {
        this.perceptron = perceptron;
        if (stateIndependent.Count > 0)
            state_independent = new Parameter(TensorCopy.From([.. stateIndependent], 1, stateIndependent.Count), requires_grad: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var computed = perceptron.forward(input);
        return state_independent is null ? computed : cat([computed, state_independent.expand(input.shape[0], -1)], dim: 1);
    }

    /// <summary>The values of the free parameters.</summary>
    public float[] StateIndependentParameters() => state_independent is null ? [] : TensorCopy.ToArray(state_independent);

    /// <summary>Adds the perceptron to a graph and returns the name of its output.</summary>
    public string Export(OnnxGraphBuilder graph, string input) => perceptron.Export(graph, input);
}

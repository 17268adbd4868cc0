using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A TorchSharp module that can also say itself in ONNX, so that what it learned can be deployed without libtorch. Derive from it to train a network of
/// your own: <c>forward</c> takes observations <c>[N, d]</c> and returns <c>[N, outputs]</c>, each row from its own observation alone.
/// </summary>
/// <param name="name">The name of the module.</param>
public abstract class ExportableModule(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Adds what <c>forward</c> computes, with the present values of the parameters, to a graph.</summary>
    /// <param name="graph">The graph of a policy, of operator set 12.</param>
    /// <param name="input">The name of the input, <c>float[N, d]</c>.</param>
    /// <returns>The name of the output, <c>float[N, outputs]</c>.</returns>
    public abstract string Export(OnnxGraphBuilder graph, string input);
}

using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A TorchSharp module that can be exported to ONNX, so that the trained policy is deployed without libtorch. Derive from it to train a network of
/// your own: <c>forward</c> takes observations <c>[N, d]</c> and returns <c>[N, outputs]</c>, where each row depends on its own observation only. Training moves the parameters and buffers to <see cref="TrpoOptions.Device"/>, and the
/// observations are there too.
/// </summary>
/// <param name="name">The name of the module.</param>
public abstract class ExportableModule(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Adds the operations of <c>forward</c>, with the present values of the parameters, to a graph. Copy parameters by <c>cpu()</c> where they may be on a graphics card.</summary>
    /// <param name="graph">The graph of the policy, in ONNX operator set 12.</param>
    /// <param name="input">The name of the input, <c>float[N, d]</c>.</param>
    /// <returns>The name of the output, <c>float[N, outputs]</c>.</returns>
    public abstract string Export(OnnxGraphBuilder graph, string input);
}

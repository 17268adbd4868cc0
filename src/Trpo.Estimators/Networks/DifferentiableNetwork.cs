using Trpo.Estimators.Kernels;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>Chooses how a network is differentiated, by what it is.</summary>
internal static class DifferentiableNetwork
{
    /// <summary>
    /// Managed kernels for a perceptron where the processor has wide vectors, the same products in libtorch where it has not (or for
    /// float64), and automatic differentiation for any other module.
    /// </summary>
    /// <param name="module">The module, <c>[N, inputs] -> [N, outputs]</c>; disposed with the result.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static IDifferentiableNetwork For(ExportableModule module, int outputs)
    {
        if (module is not Perceptron perceptron)
            return new TorchNetwork(module, outputs);
        return perceptron.Layers[0].Weight.dtype == ScalarType.Float32 && PerceptronKernel.Create(perceptron.Widths, perceptron.Activation.ToKernel()) is { } kernel
            ? new ManagedPerceptron(perceptron, kernel)
            : new TorchPerceptron(perceptron);
    }
}

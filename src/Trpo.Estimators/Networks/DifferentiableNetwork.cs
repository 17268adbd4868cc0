using Trpo.Estimators.Kernels;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>Creates the differentiation that fits a network.</summary>
internal static class DifferentiableNetwork
{
    /// <summary>Gets the engine of a float32 perceptron on this processor.</summary>
    public static NetworkEngine PerceptronEngine => PerceptronKernel.VectorLength > 0 ? NetworkEngine.Kernels : NetworkEngine.TorchProducts;

    /// <summary>
    /// Creates managed kernels for a float32 perceptron if the processor has vectors for them, products in libtorch for other perceptrons, and
    /// automatic differentiation for any other module.
    /// </summary>
    /// <param name="module">The module, <c>[N, inputs] -> [N, outputs]</c>. Disposing the result disposes it.</param>
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

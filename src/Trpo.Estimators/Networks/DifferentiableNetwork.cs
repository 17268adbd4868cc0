using Trpo.Estimators.Kernels;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>Creates the differentiation that fits a network.</summary>
internal static class DifferentiableNetwork
{
    /// <summary>
    /// Creates managed kernels for a float32 perceptron if the choice and the processor have them, products in libtorch for other perceptrons, and
    /// automatic differentiation for any other module. The module is moved to the device of the choice first.
    /// </summary>
    /// <param name="module">The module, <c>[N, inputs] -> [N, outputs]</c>. Disposing the result disposes it.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="choice">The engine and the device; by default, the engine that fits, on the processor.</param>
    /// <exception cref="InvalidOperationException">Managed code is asked for, and this processor has no vectors for it.</exception>
    public static IDifferentiableNetwork For(ExportableModule module, int outputs, EngineChoice choice = default)
    {
        choice.Device.Take(module);
        if (module is not Perceptron perceptron)
            return new TorchNetwork(module, outputs);
        choice.CheckVectors(PerceptronKernel.VectorLength);
        return perceptron.Layers[0].Weight.dtype == ScalarType.Float32 && choice.OfPerceptrons == NetworkEngine.Kernels
            ? new ManagedPerceptron(perceptron, PerceptronKernel.Create(perceptron.Widths, perceptron.Activation.ToKernel())!)
            : new TorchPerceptron(perceptron);
    }

    /// <summary>Returns the implementation that computes a network.</summary>
    public static NetworkEngine EngineOf(IDifferentiableNetwork network) => network switch
    {
        ManagedPerceptron => NetworkEngine.Kernels,
        TorchPerceptron => NetworkEngine.TorchProducts,
        _ => NetworkEngine.TorchGraphs,
    };

    /// <summary>Returns the engine of an implementation, as users know it.</summary>
    public static TrainingEngine ToTrainingEngine(this NetworkEngine engine) => engine == NetworkEngine.Kernels ? TrainingEngine.Managed : TrainingEngine.TorchSharp;
}

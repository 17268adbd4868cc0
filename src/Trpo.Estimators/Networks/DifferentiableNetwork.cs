using Trpo.Estimators.Kernels;

namespace Trpo.Estimators.Networks;

/// <summary>Creates the differentiation that fits a network.</summary>
internal static class DifferentiableNetwork
{
    /// <summary>
    /// Creates products in libtorch for a perceptron, and automatic differentiation for any other module. The module is moved to the device of the choice first.
    /// </summary>
    /// <param name="module">The module, <c>[N, inputs] -> [N, outputs]</c>. Disposing the result disposes it.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="choice">The engine and the device; by default, the engine that fits, on the processor.</param>
    public static IDifferentiableNetwork For(ExportableModule module, int outputs, EngineChoice choice = default)
    {
        choice.Device.Take(module);
        return module is Perceptron perceptron ? new TorchPerceptron(perceptron) : new TorchNetwork(module, outputs);
    }

    /// <summary>Creates managed kernels for the built-in perceptron if the choice and the processor have them, and products in libtorch on the device of the choice otherwise.</summary>
    /// <param name="model">The perceptron.</param>
    /// <param name="choice">The engine and the device; by default, the engine that fits, on the processor.</param>
    /// <exception cref="InvalidOperationException">Managed code is asked for, and this processor has no vectors for it.</exception>
    public static IDifferentiableNetwork For(PerceptronModel model, EngineChoice choice = default)
    {
        choice.CheckVectors(PerceptronKernel.VectorLength);
        return choice.OfPerceptrons == NetworkEngine.Kernels
            ? new ManagedPerceptron(model, PerceptronKernel.Create(model.Widths, model.Activation.ToKernel())!)
            : For(new Perceptron(model), model.Widths[^1], choice);
    }

    /// <summary>Creates the differentiation of a perceptron that scores candidates.</summary>
    /// <param name="scorer">The perceptron, of c + d inputs and one output.</param>
    /// <param name="context">The number of values of the context, c.</param>
    /// <param name="candidates">The maximum number of candidates.</param>
    public static IDifferentiableNetwork ForCandidates(PerceptronModel scorer, int context, int candidates) => new CandidateNetwork(For(scorer), new CandidateModel(scorer, context, candidates));

    /// <summary>Returns the implementation that computes a network.</summary>
    public static NetworkEngine EngineOf(IDifferentiableNetwork network) => network switch
    {
        CandidateNetwork candidates => EngineOf(candidates.Scorer),
        ManagedPerceptron => NetworkEngine.Kernels,
        TorchPerceptron => NetworkEngine.TorchProducts,
        _ => NetworkEngine.TorchGraphs,
    };

    /// <summary>Returns the engine of an implementation, as users know it.</summary>
    public static TrainingEngine ToTrainingEngine(this NetworkEngine engine) => engine == NetworkEngine.Kernels ? TrainingEngine.Managed : TrainingEngine.TorchSharp;
}

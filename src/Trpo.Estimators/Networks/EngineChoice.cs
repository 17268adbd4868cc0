using Trpo.Estimators.Foundation;
using Trpo.Estimators.Kernels;

namespace Trpo.Estimators.Networks;

/// <summary>The engine and the device that the options of a training ask for; by default, the engine that fits, on the processor.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Device">The device of all networks that libtorch computes.</param>
internal readonly record struct EngineChoice(TrainingEngine Engine, TorchDevice Device)
{
    /// <summary>Gets the engine of float32 perceptrons.</summary>
    public NetworkEngine OfPerceptrons => Engine != TrainingEngine.TorchSharp && Device.IsCpu && PerceptronKernel.VectorLength > 0 ? NetworkEngine.Kernels : NetworkEngine.TorchProducts;

    /// <summary>Throws if perceptrons must be computed by managed code, and cannot be.</summary>
    /// <exception cref="InvalidOperationException">The processor has no vectors for managed code.</exception>
    public void CheckVectors(int vectorLength)
    {
        if (Engine == TrainingEngine.Managed && vectorLength == 0)
            throw new InvalidOperationException($"Engine is {TrainingEngine.Managed}, but this processor has no vectors with fused multiply-add, which managed code needs. Set Engine to {TrainingEngine.Automatic} or {TrainingEngine.TorchSharp}.");
    }
}

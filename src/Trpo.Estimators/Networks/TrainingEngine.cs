namespace Trpo.Estimators.Networks;

/// <summary>The engine that computes networks and their derivatives in training.</summary>
public enum TrainingEngine
{
    /// <summary>Managed code for perceptrons on the processor, where it has vectors for it; TorchSharp for any other network and device.</summary>
    Automatic,

    /// <summary>Managed code, which computes perceptrons on the processor only.</summary>
    Managed,

    /// <summary>TorchSharp, which is libtorch: matrix products for perceptrons, automatic differentiation for any other network.</summary>
    TorchSharp,
}

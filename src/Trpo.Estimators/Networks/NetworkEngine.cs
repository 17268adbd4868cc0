namespace Trpo.Estimators.Networks;

/// <summary>The implementations of the engines that compute networks and their derivatives.</summary>
internal enum NetworkEngine
{
    /// <summary>Managed kernels, for perceptrons.</summary>
    Kernels,

    /// <summary>Matrix products of libtorch, for perceptrons where the options ask for them, on other devices than the processor, or if the processor has no vectors that the kernels use.</summary>
    TorchProducts,

    /// <summary>Automatic differentiation of libtorch, for any module.</summary>
    TorchGraphs,
}

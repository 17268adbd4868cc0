namespace Trpo.Onnx;

/// <summary>The engines that run policies.</summary>
public enum PolicyEngine
{
    /// <summary>Managed code (<see cref="global::Trpo.Runtime.Policy"/>): for perceptron policies as Trpo.Estimators exports them. No native library is loaded.</summary>
    Managed,

    /// <summary>OnnxRuntime: for every other graph.</summary>
    OnnxRuntime,
}

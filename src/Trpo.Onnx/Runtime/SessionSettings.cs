using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>The settings of OnnxRuntime for policies.</summary>
internal static class SessionSettings
{
    /// <summary>Creates the settings.</summary>
    /// <exception cref="DllNotFoundException">OnnxRuntime's native library is missing or does not load.</exception>
    public static SessionOptions Create()
    {
        // A policy's matrices are small: more threads cost more than they gain, and callers have threads of their own. Errors are thrown, so that nothing need be printed.
        // No constants are computed while a graph is opened, however large: what the other optimisations take was counted when the graph was admitted.
        var options = NativeLibrary.Load(() => new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        });
        options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "ConstantFolding");
        return options;
    }
}

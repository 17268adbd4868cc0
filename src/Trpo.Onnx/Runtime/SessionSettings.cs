using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>The settings of OnnxRuntime for policies.</summary>
internal static class SessionSettings
{
    // A policy's matrices are small: more threads cost more than they gain, and callers have threads of their own. Errors are thrown, so that nothing need be printed.
    // Each node runs as it stands in the file: memory and work were counted so, and an optimisation could take more than the nodes that it replaces.
    public static SessionOptions Create() => new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
    };
}

using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>The settings of OnnxRuntime for policies.</summary>
internal static class SessionSettings
{
    // A policy's matrices are small: more threads cost more than they gain, and callers have threads of their own. Errors are thrown, so that nothing need be printed.
    public static SessionOptions Create() => new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
}

using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>How policies are run.</summary>
internal static class SessionSettings
{
    // A policy's matrices are small: more threads cost more than they bring, and callers bring their own. What goes wrong is thrown, not printed.
    public static SessionOptions Create() => new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
}

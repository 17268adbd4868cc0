using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>Memory that a session reads or writes.</summary>
internal interface IBoundValue
{
    string Name { get; }

    bool IsInput { get; }

    /// <summary>The first rows of the memory as OnnxRuntime sees it.</summary>
    OrtValue Rows(int count);
}

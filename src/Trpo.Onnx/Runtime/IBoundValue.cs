using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>Memory that a session reads or writes.</summary>
internal interface IBoundValue
{
    /// <summary>The name of the graph's input or output.</summary>
    string Name { get; }

    /// <summary>True if the graph reads the memory, false if it writes it.</summary>
    bool IsInput { get; }

    /// <summary>Wraps the first rows of the memory as a tensor of OnnxRuntime.</summary>
    OrtValue Rows(int count);

    /// <summary>Copies the first rows of the memory to the tensor before a run, where OnnxRuntime does not read the memory itself.</summary>
    void Refresh(OrtValue value, int count)
    {
    }
}

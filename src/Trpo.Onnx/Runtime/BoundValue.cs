using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>Memory of one type that a session reads or writes.</summary>
/// <param name="Name">The name of the graph's input or output.</param>
/// <param name="Data">The memory, row-major.</param>
/// <param name="Columns">The number of columns; null for one number per row, of shape <c>[N]</c>.</param>
/// <param name="IsInput">True if the graph reads it, false if it writes it.</param>
internal sealed record BoundValue<T>(string Name, T[] Data, int? Columns, bool IsInput = false) : IBoundValue where T : unmanaged
{
    public OrtValue Rows(int count) => OrtValue.CreateTensorValueFromMemory(
        OrtMemoryInfo.DefaultInstance, Data.AsMemory(0, count * (Columns ?? 1)), Columns is { } columns ? [count, columns] : [count]);
}

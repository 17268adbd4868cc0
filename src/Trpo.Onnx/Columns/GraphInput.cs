using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>An input of a policy's graph.</summary>
/// <param name="Name">The name of the input.</param>
/// <param name="Column">The raw column that it takes.</param>
/// <param name="IsNarrow">True if keys are 32-bit integers in the graph; false if they are 64-bit ones, or for other types.</param>
internal sealed record GraphInput(string Name, PolicyInputColumn Column, bool IsNarrow = false)
{
    /// <summary>The number of values in a row.</summary>
    public int Length => Column.Length ?? 1;

    /// <summary>True for the observation of a policy without typed columns.</summary>
    public bool IsObservation { get; init; }
}

using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>Observations as they come from data views.</summary>
internal static class ObservationBuffer
{
    /// <summary>Copies an observation, of whose length ML.NET promises nothing but what the source said of itself.</summary>
    /// <exception cref="InvalidDataException">The row has another number of values than its column says.</exception>
    public static void CopyObservationTo(this in VBuffer<float> buffer, Span<float> destination, string column, long position)
    {
        if (buffer.Length != destination.Length)
            throw new InvalidDataException($"Column '{column}' has {buffer.Length} values in the row at position {position}, but its type says Vector<Single, {destination.Length}>.");
        buffer.CopyTo(destination);
    }
}

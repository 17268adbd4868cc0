namespace Trpo.Onnx.Columns;

/// <summary>The values of one raw column in a number of rows, which may lie between those of other columns.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="input">The input of the graph.</param>
/// <param name="data">The memory.</param>
/// <param name="stride">The distance between two rows.</param>
/// <param name="offset">The place of the first row.</param>
internal sealed class ColumnMemory<T>(GraphInput input, T[] data, int stride, int offset) : ColumnMemory(input)
{
    /// <summary>The memory, row-major, if no other column lies in it.</summary>
    public T[] Data => data;

    /// <summary>The values of a row, <c>[length]</c>.</summary>
    public Span<T> this[int row] => data.AsSpan((row * stride) + offset, Input.Length);
}

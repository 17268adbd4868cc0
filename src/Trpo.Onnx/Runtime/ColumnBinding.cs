using Trpo.Onnx.Columns;

namespace Trpo.Onnx.Runtime;

/// <summary>The binding of the memory of raw columns to inputs of OnnxRuntime.</summary>
internal static class ColumnBinding
{
    /// <summary>Returns the memory of a column as a value that a session reads.</summary>
    public static IBoundValue Of(ColumnMemory column) => column switch
    {
        ColumnMemory<float> values => Of(values),
        ColumnMemory<double> values => Of(values),
        ColumnMemory<bool> values => Of(values),
        ColumnMemory<long> values => Of(values),
        ColumnMemory<uint> values => Of(values),
        ColumnMemory<int> values => Of(values),
        ColumnMemory<ulong> values => Of(values),
        ColumnMemory<short> values => Of(values),
        ColumnMemory<ushort> values => Of(values),
        ColumnMemory<sbyte> values => Of(values),
        ColumnMemory<byte> values => Of(values),
        ColumnMemory<ReadOnlyMemory<char>> texts => new BoundTexts(texts.Input.Name, texts.Data, texts.Input.Length),
        _ => throw new ArgumentException($"The column '{column.Input.Column.Name}' has values of a type that OnnxRuntime does not take.", nameof(column)),
    };

    private static BoundValue<T> Of<T>(ColumnMemory<T> column) where T : unmanaged => new(column.Input.Name, column.Data, column.Input.Length, IsInput: true);
}

using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>The values of one raw column in a number of rows.</summary>
/// <param name="input">The input of the graph.</param>
internal abstract class ColumnMemory(GraphInput input)
{
    /// <summary>The input of the graph.</summary>
    public GraphInput Input => input;

    /// <summary>Creates memory of the column's type.</summary>
    public static ColumnMemory Create(GraphInput input, int capacity) => input.Column.Type switch
    {
        PolicyInputType.Single => Of<float>(input, capacity),
        PolicyInputType.Double => Of<double>(input, capacity),
        PolicyInputType.Text => Of<ReadOnlyMemory<char>>(input, capacity),
        PolicyInputType.Boolean => Of<bool>(input, capacity),
        PolicyInputType.Key when input.IsNarrow => Of<uint>(input, capacity),
        PolicyInputType.Key => Of<long>(input, capacity),
        PolicyInputType.SByte => Of<sbyte>(input, capacity),
        PolicyInputType.Byte => Of<byte>(input, capacity),
        PolicyInputType.Int16 => Of<short>(input, capacity),
        PolicyInputType.UInt16 => Of<ushort>(input, capacity),
        PolicyInputType.Int32 => Of<int>(input, capacity),
        PolicyInputType.UInt32 => Of<uint>(input, capacity),
        PolicyInputType.Int64 => Of<long>(input, capacity),
        PolicyInputType.UInt64 => Of<ulong>(input, capacity),
        var type => throw new InvalidDataException($"The column '{input.Column.Name}' is of the type {type}, which is not known."),
    };

    private static ColumnMemory<T> Of<T>(GraphInput input, int capacity) => new(input, new T[checked(capacity * input.Length)], input.Length, 0);
}

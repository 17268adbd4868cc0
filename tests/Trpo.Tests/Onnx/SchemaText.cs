using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Onnx;

/// <summary>The names that annotations hold.</summary>
internal static class SchemaText
{
    public static string[] SlotNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return Text(names);
    }

    public static string[] KeyValues(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return Text(names);
    }

    private static string[] Text(VBuffer<ReadOnlyMemory<char>> names) => [.. names.DenseValues().Select(name => name.ToString())];
}
